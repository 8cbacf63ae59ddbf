/// What one client may ask of the server, and how long things may take.
package struct Limits: Sendable {
    /// A longer line is skipped to its end.
    package var lineBytes = 4 << 20
    /// How deep JSON may be nested: enough for any call, far from what a stack takes.
    package var nesting = 128
    /// Calls that run at one time; more wait.
    package var running = 16
    /// Calls that may wait; more are refused.
    package var waiting = 4096
    /// Calls that were answered for lack of an answer of their own and have not come back. Each may hold a thread.
    package var abandoned = 64
    /// Answers that a client did not read yet; beyond this nothing more is read from it.
    package var unreadBytes = 16 << 20
    /// How long calls may go on after the input has ended: for `printf … | holdfast mcp`.
    package var parting: Duration = .milliseconds(250)
    /// How long cancelled calls, and answers nobody reads, are waited for at the end.
    package var grace: Duration = .seconds(1)

    package init() {}
}
