internal import Domain
internal import Platform
internal import Settings
internal import Storage

/// The plugin, as Claude Code knows it.
package enum Plugin {
    private static let marketplace = "holdfast"
    package static let name = "holdfast@holdfast"
    /// The one that refuses calls of tools that are unavailable (`tools.guard`).
    package static let guardName = "holdfast-guard@holdfast"

    /// `PREFIX/share/holdfast/plugin`, seen from `PREFIX/bin/holdfast`.
    package static var folder: String? {
        guard let own = CompanionStarter.executable("holdfast"), let slash = own.lastIndex(of: "/") else { return nil }
        return Files.realPath(own[..<slash] + "/../share/holdfast/plugin")
    }

    /// Whether it is there and switched on.
    /// - Throws: `Failure`.
    package static func isInstalled(_ name: String = name) throws -> Bool {
        let list = try claude(["list", "--json"])
        guard let start = list.firstIndex(of: "["), let json = try? JSONValue(parsing: String(list[start...])),
            case .array(let plugins) = json
        else { return list.contains(name) }
        return plugins.contains {
            if case .object(let plugin) = $0 {
                plugin["id"] == .string(name) && plugin["enabled"] != .bool(false)
            } else {
                false
            }
        }
    }

    /// The same by Claude Code's own settings, without asking it.
    /// - Parameter directory: the client's config folder.
    package static func isSwitchedOn(in directory: String) -> Bool {
        guard let text = try? Files.read(directory + "/settings.json", limit: 1 << 20),
            let settings = try? JSONValue(parsing: text)
        else { return false }
        return settings["enabledPlugins"]?[name] == .bool(true)
    }

    /// Registers the plugin with the claude on PATH, and the one that guards tools where that is wanted; else it is taken out.
    /// - Returns: whether all was there already.
    /// - Throws: `Failure`.
    package static func install(guarding: Bool) throws -> (folder: String, wasThere: Bool) {
        if let version = ClientVersion.installed(), version.isTooOld {
            throw Failure(.no, version.words, remedy: ClientVersion.remedy)
        }
        guard let folder else { throw Failure(.no, "the plugin folder is not installed; install Holdfast anew") }
        var wasThere = try isInstalled()
        if !wasThere {
            try claude(["marketplace", "add", folder], mayFailWith: "already")
            try switchOn(name)
        }
        let isGuarding = try isInstalled(guardName)
        if guarding, !isGuarding {
            // What is known of the folder may be of before it had two.
            try claude(["marketplace", "update", marketplace])
            try switchOn(guardName)
            wasThere = false
        } else if !guarding, isGuarding {
            try claude(["uninstall", guardName])
        }
        return (folder, wasThere)
    }

    private static func switchOn(_ name: String) throws {
        try claude(["install", name], mayFailWith: "already")
        // One that was there but switched off.
        if try !isInstalled(name) { try claude(["enable", name]) }
    }

    /// Takes the plugin out of Claude Code; what is recorded stays.
    /// - Throws: `Failure`.
    package static func uninstall() throws {
        guard try isInstalled() else { throw Failure(.no, "the plugin is not installed in Claude Code") }
        if try isInstalled(guardName) { try claude(["uninstall", guardName]) }
        try claude(["uninstall", name])
        try claude(["marketplace", "remove", marketplace], mayFailWith: "not found")
    }

    /// Runs `claude plugin …`.
    /// - Parameter mayFailWith: what a failure that does no harm says.
    @discardableResult
    private static func claude(_ arguments: [String], mayFailWith harmless: String? = nil) throws -> String {
        guard let result = Program.run(["claude", "plugin"] + arguments, environment: Settings.processEnvironment)
        else {
            throw Failure(.no, "claude is not on PATH; install Claude Code, then run 'holdfast hooks install'")
        }
        guard result.exitCode == 0 || harmless.map({ result.output.lowercased().contains($0) }) ?? false else {
            let said = result.output.prefix(500).split(whereSeparator: \.isNewline).joined(separator: " ")
            throw Failure(.no, "'claude plugin \(arguments.joined(separator: " "))' failed: \(said)")
        }
        return result.output
    }
}
