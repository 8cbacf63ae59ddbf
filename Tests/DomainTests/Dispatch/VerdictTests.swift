import Domain
import Testing

@Suite struct VerdictTests {
    private func sighting(
        _ presence: TranscriptPresence, own: Bool = true, inReach: Bool = true, driven: Bool = false,
        kept: Bool = false
    ) -> LookupVerdict.Sighting {
        .init(presence: presence, isOwnHost: own, isInReach: inReach, isDriven: driven, isKept: kept)
    }

    @Test func judgesWhatItSees() {
        let found = TranscriptPresence.found(path: "/t")
        let unknown = TranscriptPresence.unknown(reason: "unmounted")
        #expect(LookupVerdict.judge(sighting(found), wasExpired: false, isLocked: false) == .resumable)
        #expect(LookupVerdict.judge(sighting(.absent), wasExpired: false, isLocked: false) == .missing)
        #expect(LookupVerdict.judge(sighting(unknown), wasExpired: false, isLocked: false) == .resumable)
        #expect(
            LookupVerdict.judge(sighting(unknown, inReach: false), wasExpired: false, isLocked: false) == .elsewhere)
        for own in [true, false] {
            #expect(
                LookupVerdict.judge(sighting(unknown, own: own, kept: true), wasExpired: false, isLocked: false)
                    == .restorable)
        }
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

    @Test func dropsOnlyWhatWasRefusedAndWhereNothingElseExplainsIt() {
        let found = TranscriptPresence.found(path: "/t")
        func decide(
            _ refused: Bool, _ presence: TranscriptPresence, messages: Bool = true, gone: Bool = false,
            there: Bool = false
        ) -> ResumeVerdict {
            .decide(wasRefused: refused, presence: presence) {
                .init(hasMessages: messages, folder: "/made/here", isFolderGone: gone, wasTriedThere: there)
            }
        }
        #expect(decide(true, .absent) == .drop(.gone))
        #expect(decide(true, found, messages: false) == .drop(.empty))
        #expect(decide(true, found) == .keep(resumableFrom: "/made/here"))
        #expect(decide(true, found, there: true) == .drop(.refused))
        #expect(decide(true, found, gone: true) == .drop(.refused))
        #expect(decide(true, .unknown(reason: "no folder")) == .keepUnseen(reason: "no folder"))
        for presence in [.absent, found, .unknown(reason: "")] { #expect(decide(false, presence) == .noEvidence) }
    }

    @Test func seesWhoDrivesASessionFromWhereverItStands() {
        let here = ProcessSpace(bootID: "b1", namespace: "1", machine: "m")
        let place = Driver.Place(host: "h", space: here, bootedMilliseconds: 1000)
        let process = ClientProcess(pid: 7, startTicks: 9)
        func driver(
            _ space: ProcessSpace?, host: String = "h", used: Int64 = 2000, state: SessionRecord.State? = .idle,
            boot: String = "b1"
        ) -> Driver {
            var record = SessionRecord()
            record.host = host
            record.state = state
            record.process = process
            record.processSpace = space?.text ?? ""
            record.lastUsedMilliseconds = used
            record.lastEvent = boot + " 5"
            return .of(record, seenFrom: place)
        }
        #expect(driver(here) == .here(process))
        #expect(driver(here, host: "other") == .here(process), "one kernel and namespace, two state folders")
        #expect(driver(here, state: .ended) == .nobody)
        #expect(driver(here, state: nil) == .nobody)
        #expect(driver(ProcessSpace(bootID: "b1", namespace: "2", machine: "m")) == .elsewhere, "a container")
        #expect(driver(ProcessSpace(bootID: "b2", namespace: "1", machine: "n")) == .elsewhere, "a common home")
        #expect(driver(ProcessSpace(bootID: "b2", namespace: "1", machine: "m")) == .elsewhere, "of the same name")
        #expect(driver(ProcessSpace(bootID: "b0", namespace: "1", machine: "m"), used: 999) == .nobody, "restarted")
        #expect(driver(nil) == .here(process) && driver(nil, boot: "b0") == .nobody, "told by an older version")
        #expect(driver(nil, host: "other") == .elsewhere)
    }
}
