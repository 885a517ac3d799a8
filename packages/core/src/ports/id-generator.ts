/** Where Baton gets identifiers from. */
export interface IdGenerator {
  /**
   * The id of a new workflow. The same project and request id always give the same workflow id,
   * so that a repeated start finds the workflow that it started before.
   */
  workflowId(projectId: string, requestId: string | undefined): string;
  /** A fencing token that cannot be guessed. */
  claimToken(): string;
}
