internal import Platform
package import Settings

/// Offers 'holdfast up' to who installed the plugin from a marketplace: it brings the programs along, and records at once,
/// but nobody has said yet what is kept where and how to stop it. Once.
package struct SetUpOffer: Sendable {
    private let state: StateFolder

    package init(_ state: StateFolder) { self.state = state }

    /// - Parameter program: the path of the running executable, without links.
    /// - Returns: the line for the user; nil where somebody has set it up, was told already, or installed it otherwise.
    package func take(of program: String?) -> String? {
        guard !Files.exists(state.setUp), !Files.exists(state.setUpOffered), let program,
            let slash = program.lastIndex(of: "/")
        else { return nil }
        let folder = program[..<slash]
        // The programs of a prefix lie in no plugin.
        guard Files.exists(folder + "/../.claude-plugin/plugin.json"),
            (try? Files.write("", to: state.setUpOffered)) != nil
        else { return nil }
        return
            "holdfast: this session is recorded. Once, in a shell: \(folder)/holdfast up (it says what is kept where, and how to stop it)"
    }
}
