import Domain
import Operations
import Platform
import Redis
import Settings
import Storage
import TestSupport
import Testing

/// What this host's mirror has goes where somebody took it away, and stays where Redis has lost it.
@Suite(.redisServer) struct MirrorTests {
    enum Fate: String, CaseIterable { case lost, droppedElsewhere, cleared, boundToAnother }

    @Test(arguments: Fate.allCases) func aLookupTakesAwayWhatWasTakenAway(fate: Fate) throws {
        let test = try TestPlace(), key = try DispatchKey("coder/\(fate)")
        let registry = test.place.registry, now = HostClock.now()
        let session = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789001"))
        func tell(_ kind: SessionNews.Kind, _ session: SessionID, after milliseconds: Int64) throws {
            var news = SessionNews(
                kind, of: session, key: key,
                at: Moment(
                    wallMilliseconds: now.wallMilliseconds + milliseconds, bootID: "b",
                    bootMilliseconds: 9000 + milliseconds),
                host: "elsewhere", maxSessionAgeMilliseconds: 172_800_000)
            (news.transcript, news.reason) = (.found, kind == .dropped ? "manual" : "")
            _ = try test.connection.run(registry.telling(news, at: now))
        }
        try tell(.stopped, session, after: -5000)
        let mirror = BindingMirror(folder: test.place.settings.state.bindings)
        try mirror.save(
            Binding(
                dispatchKey: key, sessionID: session, lastUsedMilliseconds: now.wallMilliseconds - 5000,
                host: test.place.host, configDirectory: "", cwd: "/p", transcriptPath: "/nowhere"))
        switch fate {
        case .lost:
            for name in [test.keys.binding(key), test.keys.session(session)] {
                _ = try test.connection.send(["DEL", name])
            }
        case .droppedElsewhere: try tell(.dropped, session, after: -1000)
        case .cleared:
            for name in [test.keys.binding(key), test.keys.session(session)] {
                _ = try test.connection.send(["DEL", name])
            }
            _ = try test.connection.send(["SET", test.keys.cleared(key), "\(now.wallMilliseconds - 1000) b 9500"])
        case .boundToAnother:
            let other = try #require(SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789002"))
            try tell(.stopped, other, after: -1000)
        }
        _ = try test.place.lookUp(key)
        #expect((mirror.binding(of: key) != nil) == (fate == .lost))
    }
}
