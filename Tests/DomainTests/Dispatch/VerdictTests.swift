import Domain
import Testing

@Suite struct VerdictTests {
    private func sighting(
        _ presence: TranscriptPresence, own: Bool = true, inReach: Bool = true, driven: Bool = false
    ) -> LookupVerdict.Sighting {
        .init(presence: presence, isOwnHost: own, isInReach: inReach, isDriven: driven)
    }

    @Test func judgesWhatItSees() {
        let found = TranscriptPresence.found(path: "/t")
        let unknown = TranscriptPresence.unknown(reason: "unmounted")
        #expect(LookupVerdict.judge(sighting(found), wasExpired: false, isLocked: false) == .resumable)
        #expect(LookupVerdict.judge(sighting(.absent), wasExpired: false, isLocked: false) == .missing)
        #expect(LookupVerdict.judge(sighting(unknown), wasExpired: false, isLocked: false) == .resumable)
        #expect(LookupVerdict.judge(sighting(found, inReach: false), wasExpired: false, isLocked: false) == .elsewhere)
        #expect(LookupVerdict.judge(sighting(.absent, own: false), wasExpired: false, isLocked: false) == .elsewhere)
        #expect(LookupVerdict.judge(sighting(found, own: false), wasExpired: false, isLocked: false) == .resumable)
        #expect(LookupVerdict.judge(sighting(found, driven: true), wasExpired: false, isLocked: false) == .busy)
        #expect(LookupVerdict.judge(sighting(found), wasExpired: false, isLocked: true) == .busy)
        #expect(LookupVerdict.judge(nil, wasExpired: true, isLocked: false) == .expired)
        #expect(LookupVerdict.judge(nil, wasExpired: false, isLocked: false) == .none)
    }

    @Test func everyVerdictHasARemedy() throws {
        for verdict in LookupVerdict.allCases {
            #expect(try !verdict.remedy(key: DispatchKey("a/b"), host: "h").isEmpty)
        }
    }

    @Test func dropsOnlyWhereTheSentenceWasSaidAndNothingIsThere() {
        let found = TranscriptPresence.found(path: "/t")
        func decide(_ said: Bool, _ presence: TranscriptPresence, _ messages: Bool = true) -> ResumeVerdict {
            .decide(saidNotFound: said, presence: presence, hasMessages: messages, cwd: "/made/here")
        }
        #expect(decide(true, .absent) == .drop)
        #expect(decide(true, found, false) == .drop)
        #expect(decide(true, found) == .keep(resumableFrom: "/made/here"))
        #expect(decide(true, .unknown(reason: "no folder")) == .keepUnseen(reason: "no folder"))
        #expect(decide(false, .absent) == .noEvidence)
    }
}
