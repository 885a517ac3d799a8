// The Verification Overseer's opinion, written by hand for the recording of `cassette.json`. It
// speaks after the checks have really passed, and can only be stricter than they are.
export async function perform() {
  return {
    kind: 'advance',
    result: {
      approved: true,
      findings: ['Every requirement is met; an unknown stored theme is covered by a test.'],
    },
  };
}
