internal import Archive
internal import Domain
internal import Glibc
internal import Platform
internal import Settings
internal import Storage
internal import Transcripts

/// The other files of the state folder: what waits to be imported or added, marks, logs, and what was put aside as damaged.
struct FileStep: ForgettingStep {
    let settings: Settings
    let host: String

    let place = "the state folder"

    private enum Fate {
        case stays
        /// Without these lines; of a file that is all of one piece nothing stays.
        case goes(what: String)
        case loses(what: String, lines: Int, rest: String)
        /// Somebody has it open: what is found is written over in its place.
        case isBlanked(what: String)
    }

    func find(_ search: ForgetSearch) throws -> ForgetFinding {
        var finding = ForgetFinding()
        for path in files {
            switch try fate(path, search) {
            case .stays: break
            case .goes(let what), .isBlanked(let what): finding.count(what)
            case .loses(let what, let lines, _): finding.count(what, lines)
            }
        }
        return finding
    }

    func remove(_ search: ForgetSearch) throws {
        for path in files {
            switch try fate(path, search) {
            case .stays: break
            case .goes: Files.remove(path)
            case .loses(_, _, let rest):
                if rest.isEmpty { Files.remove(path) } else { try Files.write(rest, to: path) }
            case .isBlanked: if let text = search.wish.text { try FileSearch(text.spellings).blank(path) }
            }
        }
    }

    private var state: StateFolder { settings.state }

    /// Those that are looked at, by what they are. The archive, Redis, the spool and bindings have steps of their own.
    private var files: [String] {
        let folders = [
            state.imports, state.path + "/added", state.recall, state.summaries, state.path + "/uncaptured",
            state.path + "/log",
            state.path,
        ]
        return folders.flatMap(regularFiles) + damaged
    }

    private func regularFiles(in folder: String) -> [String] {
        ((try? Files.names(in: folder)) ?? []).sorted().map { "\(folder)/\($0)" }.filter(Files.isRegularFile)
    }

    /// What was put aside and cannot be written anew in part.
    private var damaged: [String] {
        let archive = settings.archivePath(host: host)
        let folder = archive.lastIndex(of: "/").map { String(archive[..<$0]) } ?? "."
        let copies = regularFiles(in: folder).filter { path in
            [".corrupt-", ".unlinked-"].contains { path.hasPrefix(archive + $0) }
        }
        let redis = ((try? Files.names(in: state.redis)) ?? []).filter { $0.hasPrefix("appendonlydir.damaged-") }
        return copies + redis.flatMap { regularFiles(in: "\(state.redis)/\($0)") }
    }

    private func fate(_ path: String, _ search: ForgetSearch) throws -> Fate {
        let name = String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
        switch String(path.dropLast(name.count + 1)) {
        case state.imports:
            return try fate(path, losing: "lines that wait to be imported") { goes($0, search) }
        case state.path + "/added": return try fateOfAddition(path, search)
        case state.recall:
            return try fate(path, losing: "titles of memories") { line in
                if let text = search.wish.text { return text.occurs(in: line) }
                guard let title = MemoryTitle(json: line.utf8) else { return true }
                if let key = search.key, title.dispatchKey == key.rawValue { return true }
                return SessionID(rawValue: title.session).map { $0 != .added && search.sessions.contains($0) } ?? false
            }
        case state.summaries:
            // It may say in other words what is forgotten of its session. Those of all go: they are made again, or not needed.
            let isOurs = search.wish.text != nil || SessionID(rawValue: name).map(search.sessions.contains) ?? false
            return try isOurs || holds(path, search) ? .goes(what: "summaries of sessions") : .stays
        case state.path + "/uncaptured":
            let isOurs = SessionID(rawValue: name).map(search.sessions.contains) ?? false
            return try isOurs || holds(path, search) ? .goes(what: "marks of sessions that were not captured") : .stays
        case state.path + "/log": return try holds(path, search) ? .isBlanked(what: "logs") : .stays
        case state.path:
            if path == state.unreported, search.sessions.contains(where: { UnreportedMark(state)?.session == $0 }) {
                return .goes(what: "marks")
            }
            // These are made anew; the others hold no words.
            guard [state.notice, state.troubles, state.unreported].contains(path) else { return .stays }
            return try holds(path, search) ? .goes(what: "marks") : .stays
        default:
            let names = search.sessions.map { Array($0.rawValue.utf8) }
            let isOurs = try !names.isEmpty && FileSearch(names).firstFound(in: path) != nil
            return try isOurs || holds(path, search) ? .goes(what: "damaged files that were put aside") : .stays
        }
    }

    private func holds(_ path: String, _ search: ForgetSearch) throws(FileError) -> Bool {
        guard let text = search.wish.text else { return false }
        return try FileSearch(text.spellings).firstFound(in: path) != nil
    }

    /// - Parameters:
    ///   - what: the lines are, in the plural.
    ///   - goes: whether a line does.
    private func fate(_ path: String, losing what: String, _ goes: (String) -> Bool) throws(FileError) -> Fate {
        let lines = try Files.read(path, limit: 1 << 30).split(separator: "\n")
        let rest = lines.filter { !goes(String($0)) }
        guard rest.count < lines.count else { return .stays }
        return .loses(what: what, lines: lines.count - rest.count, rest: rest.map { $0 + "\n" }.joined())
    }

    /// Whether a line of an export is to go as a whole: of an episode that says what is forgotten the rest can be exported
    /// again.
    private func goes(_ line: String, _ search: ForgetSearch) -> Bool {
        if let text = search.wish.text { return text.occurs(in: line) }
        // What is no episode of an export names nobody.
        guard let origin = ExportOrigin(ofLine: line) else {
            return search.sessions.contains { ByteSearch.contains(line, $0.rawValue) }
        }
        if let key = search.key, origin.dispatchKey == key.rawValue { return true }
        return SessionID(rawValue: origin.sessionID).map { $0 != .added && search.sessions.contains($0) } ?? false
    }

    private func fateOfAddition(_ path: String, _ search: ForgetSearch) throws -> Fate {
        // One that cannot be understood belongs to no key.
        let key = (try? AdditionFolder(state).addition(in: path))?.key
        let isOurs = key != nil && key == search.key
        return try isOurs || holds(path, search) ? .goes(what: "texts that wait to be added") : .stays
    }
}
