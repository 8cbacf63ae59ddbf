import TestSupport

/// Transcripts that no client would write so wildly, and damage to them.
enum RandomTranscript {
    static func lines(_ random: inout SeededRandom) -> [[UInt8]] {
        var talk = Conversation()
        var uuids = ["none"], calls: [String] = []
        for number in 0..<Int.random(in: 1...40, using: &random) {
            // Mostly the one before, as it is.
            let parent = Int.random(in: 0..<6, using: &random) == 0 ? uuids.randomElement(using: &random) : nil
            let uuid =
                Int.random(in: 0..<30, using: &random) == 0 ? uuids.randomElement(using: &random) ?? "x" : "e\(number)"
            let message = "m\(number / Int.random(in: 1...4, using: &random))"
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1: talk.user("said \(number)", parent: parent, uuid: uuid)
            case 2, 3: talk.assistant(Conversation.text("answer \(number)"), id: message, parent: parent, uuid: uuid)
            case 4, 5:
                calls.append("t\(Int.random(in: 0..<40, using: &random))")
                let thinking =
                    Bool.random(using: &random) ? Conversation.thinking(number % 3 == 0 ? "" : "s") + "," : ""
                talk.assistant(
                    thinking + Conversation.call(calls[calls.count - 1]), id: message, parent: parent, uuid: uuid)
            case 6, 7: talk.result(calls.randomElement(using: &random) ?? "t0", parent: parent, uuid: uuid)
            case 8:
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    talk.root(
                        "system",
                        #""subtype":"compact_boundary","compactMetadata":{"preservedMessages":{"anchorUuid":"\#(uuids[uuids.count - 1])","uuids":["\#(uuids.randomElement(using: &random) ?? "")"]}}"#,
                        uuid: uuid)
                case 1:
                    talk.add("user", #""isCompactSummary":true,"message":{"role":"user","content":"sum"}"#, uuid: uuid)
                case 2: talk.add("user", #""message":{"role":"user","content":"task"}"#, uuid: uuid, isSidechain: true)
                default: talk.attachment("date")
                }
            default: talk.add("system", #""subtype":"turn_duration""#, parent: parent, uuid: uuid)
            }
            uuids.append(uuid)
        }
        return talk.lines.map { Array($0.utf8) }
    }

    /// Lines that are gone, cut at either end, or glued together.
    static func torn(_ lines: [[UInt8]], _ random: inout SeededRandom) -> [[UInt8]] {
        var torn: [[UInt8]] = []
        for line in lines {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: continue
            case 1: torn.append(Array(line.prefix(Int.random(in: 0...line.count, using: &random))))
            case 2: torn.append(Array(line.suffix(Int.random(in: 0...line.count, using: &random))))
            case 3 where !torn.isEmpty: torn[torn.count - 1] += line
            default: torn.append(line)
            }
        }
        return torn
    }
}
