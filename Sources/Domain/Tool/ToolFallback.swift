/// What is said in place of a tool's answer.
package struct ToolFallback: Sendable {
    let tool: ToolName
    let health: ToolHealth?
    let now: Int64

    package init(tool: ToolName, health: ToolHealth?, at now: Int64) {
        self.tool = tool
        self.health = health
        self.now = now
    }

    /// What a template may name, as `{name}`.
    package static let names = ["tool", "class", "since", "retry_at", "error"]

    /// - Parameter template: empty for what is built in.
    package func text(by template: String) -> String {
        guard !template.isEmpty else { return sentence }
        var (text, rest) = ("", template[...])
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}"),
                let value = value(of: String(rest[rest.index(after: open)..<close]))
            else {
                text += "{"
                rest = rest.dropFirst()
                continue
            }
            text += value
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func value(of name: String) -> String? {
        switch name {
        case "tool": tool.rawValue
        case "class": health?.lastFailure?.rawValue ?? ToolErrorClass.unknown.rawValue
        case "since": since
        case "retry_at": retryAt ?? "later"
        case "error": health?.lastMessage ?? ""
        default: nil
        }
    }

    private var since: String {
        guard let health else { return "now" }
        let began = health.stored == .available ? health.lastFailureMilliseconds : health.sinceMilliseconds
        return began > 0 ? ISOTime.text(began) : "now"
    }

    private var retryAt: String? {
        guard let health, health.stored == .unavailable, health.retryAtMilliseconds > now else { return nil }
        return ISOTime.text(health.retryAtMilliseconds)
    }

    private var sentence: String {
        var text = "\(tool) \((health?.lastFailure ?? .unknown).clause)"
        if let health, health.stored != .available { text += ", since \(since)" }
        text += retryAt.map { "; it is tried again after \($0)." } ?? "; trying again later may help."
        return text + " Go on without it, and say what could not be looked up."
    }
}
