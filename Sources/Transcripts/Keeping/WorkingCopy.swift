internal import Platform

/// What git says of a folder, as its files have it: no program is run for that (gitrepository-layout(5)).
package struct WorkingCopy: Equatable {
    /// Empty where HEAD is detached.
    package var branch = ""
    package var commit = ""

    /// - Parameter folder: in the working copy, or below it.
    /// - Returns: nil where it is none.
    package init?(of folder: String) {
        guard let git = Self.folder(above: folder), let head = Self.line(of: git + "/HEAD") else { return nil }
        guard head.hasPrefix("ref: ") else {
            commit = head
            return
        }
        let reference = String(head.dropFirst(5))
        branch = reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference
        // A worktree has its own HEAD and shares the branches.
        let shared = Self.line(of: git + "/commondir").map { $0.hasPrefix("/") ? $0 : git + "/" + $0 } ?? git
        commit = Self.line(of: "\(shared)/\(reference)") ?? Self.packed(reference, in: shared) ?? ""
    }

    private static func folder(above folder: String) -> String? {
        var path = folder
        while path.hasPrefix("/"), path.utf8.count > 1 {
            let git = path + "/.git"
            if Files.isFolder(git) { return git }
            if let link = line(of: git), link.hasPrefix("gitdir: ") {
                let place = String(link.dropFirst(8))
                return place.hasPrefix("/") ? place : path + "/" + place
            }
            guard let slash = path.lastIndex(of: "/") else { return nil }
            path = String(path[..<slash])
        }
        return nil
    }

    private static func packed(_ reference: String, in folder: String) -> String? {
        guard let text = try? Files.read(folder + "/packed-refs", limit: 8 << 20) else { return nil }
        return text.split(separator: "\n").first { $0.hasSuffix(" " + reference) }.map {
            String($0.prefix { $0 != " " })
        }
    }

    /// What a small file says: one line of plain words, or nothing that git wrote.
    private static func line(of path: String) -> String? {
        guard let text = try? Files.read(path, limit: 4096), let line = text.split(separator: "\n").first,
            line.utf8.allSatisfy({ $0 >= 32 && $0 < 127 })
        else { return nil }
        return String(line)
    }
}
