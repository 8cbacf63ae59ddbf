import Domain
import Hooks
import Platform
import TestSupport
import Testing

@Suite struct HookInputTests {
    private static let payloads = Built.root + "/Tests/Fixtures/payloads"

    /// Every payload the real client was seen to send.
    @Test(arguments: try Files.names(in: payloads).filter { $0.hasSuffix(".json") && !$0.hasPrefix("_") }.sorted())
    func acceptsWhatTheClientSends(name: String) throws {
        let bytes = Array(try Files.read("\(Self.payloads)/\(name)").utf8)
        let known = HookInput.Event.allCases.first { event in
            name == "\(event.rawValue).json" || name.hasPrefix("\(event.rawValue).")
                || name.contains(".\(event.rawValue).")
        }
        do throws(HookInput.Unusable) {
            let input = try HookInput(bytes)
            #expect(input.event == known)
            #expect(input.transcriptPath.hasSuffix("\(input.sessionID).jsonl"))
            #expect(input.isSubagent == (input.event == .subagentStop))
        } catch {
            guard case .unknownEvent = error else { return #expect(Bool(false), "\(error)") }
            #expect(known == nil)
        }
    }

    @Test func readsWhoAndWhereFromAHeadThatIsCut() throws {
        let head =
            #"{"session_id":"abc","transcript_path":"/t/abc.jsonl","cwd":"/p","hook_event_name":"Stop","last_assistant_message":""#
        let input = try HookInput(Array(head.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: HookInput.sizeLimit))
        #expect(input.event == .stop)
        #expect(input.sessionID.rawValue == "abc")
        #expect(input.cwd == "/p")
    }

    @Test func readsAPromptWithALoneSurrogate() throws {
        let text = #"{"session_id":"abc","cwd":"/p","hook_event_name":"UserPromptSubmit","prompt":"\ud800"}"#
        #expect(try HookInput(Array(text.utf8)).event == .userPromptSubmit)
    }

    @Test func readsTheTopAndNothingBelowIt() throws {
        let text = #"""
            {"prompt":"\"session_id\":\"no\" \\", "tool_input":{"session_id":"no","list":[{"cwd":"no"},"]}"]}, "n":-1.5e3,
             "session_id":"yes","stop_hook_active":false,"cwd":"/\u00fc\ud83d\ude00\t\"\\","hook_event_name" : "Stop","after":null}
            """#
        let input = try HookInput(Array(text.utf8))
        #expect(input.sessionID.rawValue == "yes")
        #expect(input.cwd == "/ü😀\t\"\\")
    }

    @Test func bearsACutAnywhere() throws {
        let whole = Array(try Files.read(Self.payloads + "/SubagentStop.json").utf8)
        for length in 0...whole.count {
            do throws(HookInput.Unusable) {
                let input = try HookInput(Array(whole[..<length]))
                #expect(input.event == .subagentStop)
            } catch {
                continue
            }
        }
        #expect(try HookInput(whole).isSubagent)
    }

    @Test(arguments: ["", "{", "[]", "null", "\u{0}\u{1}", #"{"session_id":5}"#, #"{"hook_event_name":"Stop"}"#])
    func refusesGarbage(text: String) {
        #expect(throws: HookInput.Unusable.self) { try HookInput(Array(text.utf8)) }
    }

    @Test(arguments: [
        "../../etc/passwd", "a b", "a\nb", "", "*", "-p", "--dangerously-skip-permissions", "-", "_a",
        String(repeating: "a", count: 129),
    ])
    func refusesASessionIDThatIsAPathOrAPattern(id: String) {
        #expect(SessionID(rawValue: id) == nil)
    }
}
