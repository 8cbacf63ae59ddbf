/// A session as Markdown, for whoever goes on with its work: what was wanted, how it stands, what is next.
package struct Handoff: Sendable, Equatable {
    package var session: String
    /// Empty where there is none.
    package var dispatchKey: String
    /// When its first and its last episode were captured, ISO 8601.
    package var from: String
    package var to: String
    package var memory: Memory
    /// How it was made, for people; empty for what a model summarised.
    package var remark: String

    package init(
        session: String, dispatchKey: String, from: String, to: String, memory: Memory, remark: String = ""
    ) {
        self.session = session
        self.dispatchKey = dispatchKey
        self.from = from
        self.to = to
        self.memory = memory
        self.remark = remark
    }

    package var markdown: String {
        var lines = ["# \(memory.title)", ""]
        lines.append("Session \(session)\(dispatchKey.isEmpty ? "" : ", key \(dispatchKey)"), \(from) to \(to).")
        if !remark.isEmpty { lines += ["", remark] }
        return (lines + memory.sections(level: "##")).joined(separator: "\n") + "\n"
    }
}

extension Memory {
    /// For a model that is to make a summary of it.
    /// - Parameter milliseconds: when its episode was captured; nil for what is a summary itself.
    package func outline(at milliseconds: Int64?) -> String {
        let when = milliseconds.map { " (\(ISOTime.text($0)))" } ?? ""
        return (["# \(title)\(when)"] + sections(level: "##").filter { !$0.isEmpty }).joined(separator: "\n")
    }

    /// What it says under headings, those that are empty left out.
    /// - Parameter level: of the headings: `##`.
    package func sections(level: String) -> [String] {
        var lines: [String] = []
        func add(_ heading: String, _ text: String) {
            if !text.isEmpty { lines += ["", "\(level) \(heading)", "", text] }
        }
        func add(_ heading: String, _ items: [String], _ mark: (Int) -> String = { _ in "-" }) {
            guard !items.isEmpty else { return }
            lines += ["", "\(level) \(heading)", ""]
            for (index, item) in items.enumerated() { lines.append("\(mark(index)) \(item)") }
        }
        add("Goal", course?.goal ?? "")
        add("Outcome", course?.outcome ?? "")
        add("Summary", summary)
        add("Next steps", course?.nextSteps ?? []) { "\($0 + 1)." }
        add("Open", openQuestions)
        add("Decisions", decisions)
        add("Problems met", course?.problems ?? [])
        add("Files", files.map { "`\($0)`" })
        add("Commands", commands.map { "`\($0)`" })
        return lines
    }

    /// For a session that goes on where this one stopped: as much as there is room for, the most needed first.
    /// - Parameter limit: in UTF-16 units, as clients count.
    package func carried(limit: Int) -> String {
        var text = "", room = limit
        for line in ["# \(title)"] + sections(level: "##") where !(line.isEmpty && text.isEmpty) {
            let piece = (text.isEmpty ? "" : "\n") + line
            guard piece.utf16.count <= room else { break }
            text += piece
            room -= piece.utf16.count
        }
        return text
    }
}
