package import Domain
internal import Platform
package import Settings

/// The hooks' log: a file of bounded size. Never holds what was said in a session, nor the environment.
package struct HookLog {
    let state: StateFolder

    package init(state: StateFolder) {
        self.state = state
    }

    package func write(_ message: String, at moment: Moment) {
        let printable = VisibleText.line(String(String.UnicodeScalarView(message.unicodeScalars.prefix(1000))))
        // What another user may have made is not written to.
        guard state.fault == nil else { return }
        // The folder is missing when the very first hook fails before it was made.
        try? Files.makeFolder(state.path + "/log")
        Files.append("\(ISOTime.text(moment.wallMilliseconds)) \(printable)", to: state.hookLog)
    }
}
