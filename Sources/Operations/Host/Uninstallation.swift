internal import Domain
internal import FoundationEssentials
internal import Glibc
internal import Platform
internal import Settings
internal import Storage

/// What 'holdfast uninstall' took away, and what it left.
package struct Uninstallation: Encodable, Sendable {
    /// In the order in which it went.
    package let removed: [String]
    /// Each with what removes it.
    package let left: [String]
}

extension Workplace {
    /// Stops the companion, takes the plugin out of Claude Code and the programs from where `install.sh` put them. What was
    /// recorded stays.
    /// - Parameter purge: what was recorded and the configuration go, too.
    /// - Throws: `Failure` where the companion does not stop; `FileError`.
    package func uninstall(purge: Bool) throws -> Uninstallation {
        var removed: [String] = [], left: [String] = []
        if isAnythingRunning {
            let stopped = try stopCompanion()
            removed.append(
                stopped.companion == .gone
                    ? "the Redis of a companion that was gone" : "the companion (pid \(stopped.pid))")
        }
        do {
            if try Plugin.isInstalled() {
                try Plugin.uninstall()
                removed.append("the plugin, from Claude Code")
            }
        } catch {
            left.append(
                "the plugin, where it is registered: claude plugin uninstall \(Plugin.name) (\(Failure(of: error).reason))"
            )
        }
        Files.remove(settings.state.setUp)
        if purge {
            // What is no folder of ours alone is not removed whole, whoever set it.
            let home = settings.environment["HOME"].flatMap(Files.realPath)
            for folder in [settings.state.path, settings.configFolder]
            where ["/", home].contains(Files.realPath(folder)) {
                throw Failure(
                    .badInput, "\(folder) holds more than what Holdfast wrote", remedy: "remove by hand what is to go")
            }
            for folder in [settings.state.path, settings.configFolder] {
                if Files.exists(folder) { try FileManager.default.removeItem(atPath: folder) }
                removed.append(folder)
            }
        } else {
            left.append("what was recorded, in \(settings.state.path): holdfast uninstall --purge, or rm -r")
            left.append("the settings, in \(settings.configFolder)")
        }
        if let prefix = Self.prefix, unsafe access("\(prefix)/\(Self.list)", W_OK) != 0 {
            left.append("the programs, which another user installed: as that user, \(prefix)/bin/holdfast uninstall")
        } else if let prefix = Self.prefix {
            let count = try Self.removePrograms(of: prefix)
            removed.append("\(count) files under \(prefix)")
        } else {
            left.append(
                "the programs: the package manager that installed them (apt remove holdfast, pip uninstall holdfast)")
        }
        return Uninstallation(removed: removed, left: left)
    }

    /// Where this program was put by `install.sh`, which left a list of what it brought.
    private static var prefix: String? {
        guard let own = Files.realPath("/proc/self/exe"), let slash = own.lastIndex(of: "/"),
            let prefix = Files.realPath(own[..<slash] + "/.."), Files.exists(prefix + "/" + list)
        else { return nil }
        return prefix
    }

    private static let list = "share/holdfast/installed"

    private static func removePrograms(of prefix: String) throws -> Int {
        let names = try Files.read(prefix + "/" + list).split(separator: "\n").map(String.init)
        var folders: Set<String> = []
        for name in names where !name.hasPrefix("/") && !name.split(separator: "/").contains("..") {
            Files.remove("\(prefix)/\(name)")
            var folder = Substring(name)
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                folders.insert(String(folder))
            }
        }
        // Ours alone, with what an earlier version left in it; the list is in it: cut off before, this is done again.
        try FileManager.default.removeItem(atPath: "\(prefix)/share/holdfast")
        // Those that are empty now; the deepest first.
        for folder in folders.sorted(by: { $0.utf8.count > $1.utf8.count }) { unsafe rmdir("\(prefix)/\(folder)") }
        return names.count
    }
}
