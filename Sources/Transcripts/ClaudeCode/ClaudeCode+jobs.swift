package import Domain
internal import Platform

/// What the client's background service keeps of its sessions: `<config dir>/jobs/<id>/state.json`, as 2.1.139 to 2.1.332
/// write it.
extension ClaudeCode {
    /// The job of a session that has not been stopped.
    package func job(of session: SessionID, in configDirectory: String) -> RunningJob? {
        // Its name is the first part of the ID, where the client did not have to choose another.
        let id = String(session.rawValue.prefix { $0 != "-" })
        guard let state = state(of: id, in: configDirectory), state["sessionId"] == .string(session.rawValue),
            state["state"] != .string("stopped")
        else { return nil }
        guard case .string(let version)? = state["cliVersion"] else { return RunningJob(id: id, canBeStopped: true) }
        return RunningJob(id: id, clientVersion: version)
    }

    /// The process that has a session open, by what running clients keep: `<config dir>/sessions/<pid>.json`. Those of
    /// 2.1.329 say when the process started and where its number counts; who does not is not believed.
    package func process(of session: SessionID, in configDirectory: String) -> ClientProcess? {
        let folder = configDirectory + "/sessions"
        for name in (try? Files.names(in: folder)) ?? [] where name.hasSuffix(".json") {
            guard let pid = Int32(name.dropLast(5)), let process = ProcessTable.ownEntry(pid)?.process,
                let text = try? Files.read("\(folder)/\(name)", limit: 1 << 20),
                case .object(let told)? = try? JSONValue(parsing: text), told["sessionId"] == .string(session.rawValue),
                told["procStart"] == .string(String(process.startTicks)),
                case .string(let domain)? = told["pidDomain"],
                domain.hasSuffix("pid:[\(ProcessTable.space.namespace)]")
            else { continue }
            return process
        }
        return nil
    }

    /// Whether a job's saved options hold a text.
    package func hasJob(of session: SessionID, savedWith text: String, in configDirectory: String) -> Bool {
        let id = String(session.rawValue.prefix { $0 != "-" })
        return state(of: id, in: configDirectory).map { Self.options(of: $0, hold: text) } ?? false
    }

    /// The job that was started with options that hold a text, and its session.
    package func job(savedWith text: String, in configDirectory: String) -> (id: String, session: SessionID)? {
        for id in (try? Files.names(in: configDirectory + "/jobs")) ?? [] {
            guard let state = state(of: id, in: configDirectory), Self.options(of: state, hold: text),
                case .string(let name)? = state["sessionId"], let session = SessionID(rawValue: name)
            else { continue }
            return (id, session)
        }
        return nil
    }

    private static func options(of state: [String: JSONValue], hold text: String) -> Bool {
        guard case .array(let options)? = state["respawnFlags"] else { return false }
        return options.contains { if case .string(let word) = $0 { ByteSearch.contains(word, text) } else { false } }
    }

    private func state(of id: String, in configDirectory: String) -> [String: JSONValue]? {
        guard let text = try? Files.read("\(configDirectory)/jobs/\(id)/state.json"),
            case .object(let state)? = try? JSONValue(parsing: text)
        else { return nil }
        return state
    }
}
