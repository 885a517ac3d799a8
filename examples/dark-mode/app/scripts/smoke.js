// Looks at the live site under DEPLOY_URL: one question a call, by name.
const base = process.env.DEPLOY_URL;
if (!base) {
  console.error('DEPLOY_URL is not set: where is the site?');
  process.exit(2);
}

async function get(path) {
  const response = await fetch(new URL(path, base));
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.text();
}

const questions = {
  'home-page': async () => {
    const page = await get('/');
    if (!page.includes('<h1>Task board</h1>')) throw new Error('the home page has no heading');
  },
  // Whatever the page links to is there, scripts that scripts import included.
  assets: async () => {
    const wanted = [...(await get('/')).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    for (const path of wanted) {
      const text = await get(path);
      for (const [, imported] of text.matchAll(/from '(\.[^']+)'/g)) {
        wanted.push(new URL(imported, new URL(path, base)).pathname);
      }
    }
  },
};

const [name] = process.argv.slice(2);
const question = questions[name];
if (question === undefined) {
  console.error(`unknown question '${name}'; questions: ${Object.keys(questions).join(', ')}`);
  process.exit(2);
}
try {
  await question();
  console.log(`${name}: fine`);
} catch (error) {
  console.error(`${name}: ${error.message}`);
  process.exit(1);
}
