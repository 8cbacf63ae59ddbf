internal import Chronicle
internal import Domain
internal import Integrity
internal import Logging
internal import Platform
internal import Providers
internal import SecondCopy
internal import Settings

/// Asks GitHub, where the second copy lies there, how much of its limit is left and how large the repository is.
actor GitHubWatch {
    private let calls: RemoteCalls
    private let keeper: ChronicleKeeper
    private var http: PlainGet?
    /// What it trusts beside the system's certificates.
    private var trusted = ""
    private var lastLook: Int64?

    init(calls: RemoteCalls, keeper: ChronicleKeeper) {
        self.calls = calls
        self.keeper = keeper
    }

    /// Beyond this a repository is refused sooner or later; GitHub asks for less than 5 GB
    /// (<https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits>).
    private static let limit = 5.0 * 1_073_741_824
    /// From one look to the next, ms: it costs calls of the limit that is looked at.
    private static let pause: Int64 = 900_000

    /// - Returns: why it does not answer as it should; nil where it does, or the copy is elsewhere.
    func look(_ settings: Settings, host: String, now: Int64) async -> String? {
        guard lastLook.map({ now - $0 >= Self.pause }) ?? true, let place = RemotePlace(settings, host: host),
            !place.isFolder
        else { return nil }
        let base = settings.configuration.remote.apiURL
        let server = base.isEmpty ? "github.com" : Self.server(of: base)
        guard let repository = GitHubRepository(at: place.url, host: server) else { return nil }
        lastLook = now
        let start = ContinuousClock().now
        do {
            let asking = Asking(http: try await opened(settings))
            let api = try GitHubAPI(
                asking, base: base.isEmpty ? GitHubAPI.defaultBase : base, token: try place.token())
            let found = try await api.look(at: repository, nowMilliseconds: now)
            calls.called("github", took: ContinuousClock().now - start)
            await note(found, settings, now)
            return found.canPush == false ? "GitHub says that the token may not push" : nil
        } catch {
            calls.called(
                "github", took: ContinuousClock().now - start, failure: ToolErrorClass(of: "\(error)"))
            if case .limited(let until)? = error as? CopyError {
                calls.granted("github", share: 0, resetsAfter: until.map { Double($0 - now) / 1000 })
            }
            return "GitHub's API: \(error)"
        }
    }

    private func opened(_ settings: Settings) async throws -> PlainGet {
        if let http, trusted == settings.configuration.remote.caFile { return http }
        await http?.shutdown()
        http = nil
        let caFile = settings.configuration.remote.caFile
        let made = try PlainGet(place: settings.configFolder + "/holdfast.json", caFile: caFile)
        (http, trusted) = (made, caFile)
        return made
    }

    /// `github.example` of `https://github.example/api/v3`.
    private static func server(of base: String) -> String {
        let rest = base.split(separator: "/", omittingEmptySubsequences: true).dropFirst()
        // Pages and API may have ports of their own.
        return rest.first.map { String($0.prefix { $0 != ":" }) } ?? base
    }

    private func note(_ found: GitHubAPI.Look, _ settings: Settings, _ now: Int64) async {
        if let limit = found.limit, limit.limit > 0 {
            calls.granted(
                "github", share: Double(limit.remaining) / Double(limit.limit),
                resetsAfter: Double(limit.resetMilliseconds - now) / 1000)
        }
        let policy = settings.configuration.watch
        let size = policy.figure(
            .storedBytes, of: "github", Double(found.bytes), at: now,
            remark: found.isPrivate ? "" : "the repository is public")
        let points = await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.note([size])
            return try chronicle.hours(of: .storedBytes, "github", since: now - GrowthFit.span)
        }
        guard let days = GrowthFit(points ?? [])?.daysUntil(Self.limit, from: size.value) else { return }
        await keeper.write { chronicle throws(ChronicleError) in
            try chronicle.note([policy.figure(.daysUntilFull, of: "github", days, at: now)])
        }
    }

    /// Must be called, once.
    func close() async {
        await http?.shutdown()
        http = nil
    }

    private struct Asking: HTTPAsking {
        let http: PlainGet

        func get(_ url: String, headers: [(name: String, value: String)]) async throws(CopyError) -> HTTPAnswer {
            do throws(PlainGet.Failure) {
                let reply = try await http.get(
                    url, headers: Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { $1 })
                return HTTPAnswer(status: reply.status, headers: reply.headers, body: Array(reply.body.utf8))
            } catch {
                throw .unreachable(reason: error.description)
            }
        }
    }
}
