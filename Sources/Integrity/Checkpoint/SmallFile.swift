internal import Domain
internal import Platform
package import Settings

/// A small file of configuration or state folder, as a line of a checkpoint.
package struct SmallFile: Codable, Sendable, Equatable {
    package enum Folder: String, Codable, Sendable { case configuration, state }

    package var folder: Folder
    /// Below its folder.
    package var path: String
    package var text: String

    package init(folder: Folder, path: String, text: String) {
        self.folder = folder
        self.path = path
        self.text = text
    }

    package func place(_ settings: Settings) -> String {
        switch folder {
        case .configuration: "\(settings.configFolder)/\(path)"
        case .state: "\(settings.state.path)/\(path)"
        }
    }

    /// A file is no larger than this, or something else lies at its place, bytes.
    private static let limit = 4 << 20

    /// Those that there are. What is being written meanwhile is there as it was or as it will be.
    package static func all(_ settings: Settings) -> [SmallFile] {
        let names: [(Folder, String)] =
            Settings.configurationNames.map { (.configuration, $0) }
            + ["host", "tracking.json", "forgotten.wishes", "archive.mark"].map { (.state, $0) }
            + ["bindings", "forgotten", "gaps", "vault/away"].flatMap { folder in
                ((try? Files.names(in: "\(settings.state.path)/\(folder)")) ?? []).sorted()
                    .filter { !$0.hasPrefix(".") && Files.draft($0) == nil }.map { (Folder.state, "\(folder)/\($0)") }
            }
        return names.compactMap { folder, path in
            var file = SmallFile(folder: folder, path: path, text: "")
            // One that is gone by now is none.
            guard let text = try? Files.read(file.place(settings), limit: limit) else { return nil }
            file.text = text
            return file
        }
    }

    /// Those of the state folder that the latest checkpoint has which can be read.
    package static func latest(_ settings: Settings) -> [SmallFile] {
        let store = CheckpointStore(settings.state)
        for id in (try? store.ids()) ?? [] {
            guard let file = (try? store.checkpoint(id))?.files else { continue }
            var found: [SmallFile] = []
            let isRead: ()? = try? store.lines(of: file) { line in
                let json = try JSONValue(parsing: String(decoding: line, as: UTF8.self))
                let file = try json.decode(SmallFile.self)
                if file.isSound, file.folder == .state { found.append(file) }
            }
            if isRead != nil { return found }
        }
        return []
    }

    /// Whether it may come back: it says nothing of a place outside of its folder.
    package var isSound: Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
            && !path.utf8.contains { $0 < 32 }
    }
}
