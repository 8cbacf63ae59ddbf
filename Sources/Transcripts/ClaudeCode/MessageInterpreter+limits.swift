/// How much is kept of what is not kept as a whole, in bytes.
extension MessageInterpreter {
    static let digestLimit = 500
    static let noticeLimit = 300
    static let summaryLimit = 600
    static let commandLimit = 300
    static let errorLimit = 120
    static let resultLimit = 120

    /// What was changed is named whole, however long the path.
    static func callLimit(_ name: String) -> Int { ToolCall.changing.contains(name) ? 4096 : 60 }
}
