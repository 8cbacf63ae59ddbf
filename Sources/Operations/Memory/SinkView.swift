internal import Archive
internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage

/// How a sink does.
package struct SinkView: Encodable, Sendable {
    package let name: String
    package let kind: String
    /// URL or folder, without what may be a secret.
    package let place: String
    /// closed, open, half-open; unknown while Redis is away.
    package let circuit: String
    package let waiting: Int
    /// Handed over and not confirmed.
    package let sent: Int
    package let done: Int
    package let dead: Int
    @OrNull package var oldest: Timestamp?
    @OrNull package var last_done: Timestamp?
    package let last_error: String
}

/// What filling a sink with the history comes to.
package struct BackfillEstimate: Encodable, Sendable {
    package let sink: String
    package let memories: Int
    /// Of their text: what a sink that asks a model is paid by, at about four characters a token.
    package let characters: Int
    package let tokens: Int
    @OrNull package var asked: Bool?
}

extension Workplace {
    /// - Throws: `ConfigurationError`.
    package func sinks() throws -> [SinkView] {
        let archive = archiveIfAny
        var circuits: [ProviderID: Circuit]?
        if var connection = try? connect(), let known = try? connection.circuits(settings.keys) {
            circuits = Dictionary(known.map { ($0.provider, $0.circuit) }) { $1 }
        }
        return try settings.sinks().map { policy in
            let counts = try archive?.sinkCounts(policy.name) ?? SinkCounts()
            var view = SinkView(
                name: policy.name, kind: policy.kind.rawValue,
                place: policy.kind == .folder ? policy.path : Self.withoutSecrets(policy.url),
                circuit: circuits.map { ($0[policy.provider]?.state ?? .closed).rawValue } ?? "unknown",
                waiting: counts.waiting, sent: counts.sent, done: counts.done, dead: counts.dead,
                last_error: counts.lastError)
            view.oldest = counts.oldestMilliseconds.map { Timestamp($0) }
            view.last_done = counts.lastDoneMilliseconds.map { Timestamp($0) }
            return view
        }
    }

    /// What stands before an `@` or behind a `?` may be one.
    private static func withoutSecrets(_ url: String) -> String {
        let plain = String(url.prefix { $0 != "?" })
        guard let at = plain.lastIndex(of: "@"), let scheme = plain.firstRange(of: "://") else { return plain }
        return String(plain[..<scheme.upperBound] + plain[plain.index(after: at)...])
    }

    /// - Throws: `Failure` for a name that none has.
    package func sink(_ name: String) throws -> SinkView {
        let all = try sinks()
        guard let found = all.first(where: { $0.name == name }) else {
            let names = all.isEmpty ? "none is configured" : "there are \(all.map(\.name).joined(separator: ", "))"
            throw Failure(.no, "no sink is called '\(name)'", remedy: names, category: .not_found)
        }
        return found
    }

    /// Has what waits to be tried again, and what was given up, handed on at once.
    package func retrySink(_ name: String) throws -> SinkView {
        let found = try sink(name)
        try SinkRequests(settings.state).add(.init(sink: name, wish: .retry))
        return found
    }

    /// Hands on what was remembered before the sink was there.
    /// - Parameter isDryRun: tells what it comes to, and asks for nothing.
    package func backfillSink(_ name: String, sinceMilliseconds: Int64, isDryRun: Bool) throws -> BackfillEstimate {
        _ = try sink(name)
        let size = try archive().backfillSize(capturedSince: sinceMilliseconds)
        var estimate = BackfillEstimate(
            sink: name, memories: size.memories, characters: size.characters, tokens: size.characters / 4)
        estimate.asked = !isDryRun
        if !isDryRun {
            try SinkRequests(settings.state).add(
                .init(sink: name, wish: .backfill, sinceMilliseconds: sinceMilliseconds))
        }
        return estimate
    }
}
