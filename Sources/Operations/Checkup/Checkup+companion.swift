internal import Archive
internal import Domain
internal import LanguageModel
internal import Redis
internal import Settings
internal import Storage

/// The companion, and what it alone serves.
extension Checkup {
    private var runs: Bool { CompanionStarter(settings: place.settings).isCompanionRunning }

    /// What the companion alone serves comes with it; what was tried in vain is not to be tried again as it is.
    private var startRemedy: String {
        StartFailure(place.settings.state).reason == nil
            ? "'holdfast up'" : "mend what keeps the companion from starting, then 'holdfast up'"
    }

    func companion() -> Check {
        guard runs else {
            // Stopped by hand it is meant to be away.
            let isMeant = status.troubles.contains { $0.kind == .stopped_by_hand }
            let failure = isMeant ? nil : StartFailure(place.settings.state).reason
            return Check(
                outcome: isMeant ? .warn : .fail, name: "companion",
                finding: failure.map { "it could not start: \($0)" } ?? "not running on this host",
                remedy: failure == nil ? "'holdfast up'" : "mend that, then 'holdfast up'")
        }
        // It may just have begun.
        guard let pid = CompanionStarter(settings: place.settings).companionID else {
            return Check(outcome: .ok, name: "companion", finding: "it runs")
        }
        let own = status.companions.first { $0.host == place.host }
        if let version = own?.version, version != Holdfast.version {
            return Check(
                outcome: .warn, name: "companion",
                finding: "pid \(pid) is version \(version), this is \(Holdfast.version)",
                remedy: "'holdfast down && holdfast up'")
        }
        return Check(outcome: .ok, name: "companion", finding: "pid \(pid)")
    }

    func dashboard() -> Check {
        let configuration = place.settings.configuration
        guard configuration.dashboardIsOn else {
            return Check(outcome: .ok, name: "dashboard", finding: "switched off (dashboard.enabled)")
        }
        let address = configuration.dashboardAddress
        if let trouble = status.troubles.first(where: { $0.kind == .dashboard_away }) {
            return Check(outcome: .warn, name: "dashboard", finding: trouble.what, remedy: trouble.remedy)
        }
        guard runs else {
            return Check(
                outcome: .warn, name: "dashboard", finding: "no companion serves it", remedy: startRemedy)
        }
        guard let socket = LoopbackAddress(address), socket.isListenedOn else {
            return Check(
                outcome: .warn, name: "dashboard", finding: "nobody listens on \(address)",
                remedy: "\(place.settings.state.companionLog) says why")
        }
        return Check(outcome: .ok, name: "dashboard", finding: "listens on \(address); holdfast dashboard opens it")
    }

    /// Whether there is anything of what fresh sessions are to be shown; none where they are to be shown nothing.
    func recall() -> [Check] {
        guard place.settings.configuration.recallCharacters > 0 else { return [] }
        let keys = RecallFolder(place.settings.state).keyCount
        guard keys == 0 else {
            return [Check(outcome: .ok, name: "recall", finding: "titles of memories are at hand for \(keys) keys")]
        }
        let hasModel = status.llm_status.provider != "none"
        return [
            Check(
                outcome: .warn, name: "recall",
                finding: "fresh sessions are to be shown titles of memories (recall.at_start), and there are none",
                remedy: hasModel
                    ? "none where none was made yet; else look whether the companion runs: 'holdfast status'"
                    : "set provider.kind: without a model no memories are made")
        ]
    }

    func provider() -> Check {
        guard status.llm_status.provider != "none" else {
            return Check(
                outcome: .ok, name: "provider", finding: "none: episodes are archived and searchable, no model is asked"
            )
        }
        let name = "\(status.llm_status.provider) \(status.llm_status.model)"
        do {
            try place.settings.checkProvider()
        } catch {
            return Check(outcome: .fail, name: "provider", finding: "\(error)", remedy: "'holdfast config check'")
        }
        guard let error = status.llm_status.error else {
            return Check(outcome: .ok, name: "provider", finding: "\(name), circuit \(status.circuit.state)")
        }
        return Check(
            outcome: .warn, name: "provider", finding: "\(name), circuit \(status.circuit.state): \(error)",
            remedy: "'holdfast circuit show'")
    }

    func archive() -> Check {
        let store = place.archiveStore
        do {
            guard let archive = try store.openToRead() else {
                return Check(
                    outcome: .warn, name: "archive", finding: "none yet at \(store.place)",
                    remedy: runs
                        ? "the companion makes it once it has a Redis; else \(place.settings.state.companionLog) says why"
                        : startRemedy)
            }
            try archive.check()
            let counts = try archive.counts()
            return Check(
                outcome: .ok, name: "archive",
                finding: "\(counts.episodes) episodes, \(counts.memories) memories, sound (\(store.place))")
        } catch {
            return Check(
                outcome: .fail, name: "archive", finding: "\(error)",
                remedy: "'holdfast down && holdfast up' moves a damaged file aside and makes it anew")
        }
    }
}

extension LoopbackAddress {
    /// Whether a connection is taken there.
    var isListenedOn: Bool {
        let url: RedisURL.Endpoint =
            switch self {
            case .tcp(let host, let port): .tcp(host: host, port: port)
            case .unix(let path): .unix(path: path)
            }
        let deadlines = RedisDeadlines(connect: .milliseconds(200), reply: .milliseconds(200))
        do throws(RedisError) {
            // hiredis connects like anybody else; nothing is sent.
            _ = try RedisConnector(url: RedisURL(endpoint: url)).connect(deadlines)
            return true
        } catch {
            return false
        }
    }
}
