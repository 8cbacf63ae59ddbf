internal import Domain
internal import Operations

/// What agents may see and do: the same as an operator at the command line.
package enum ToolSet {
    /// - Parameter environment: names the settings to go by.
    package static func all(environment: [String: String]) -> [Tool] {
        let place = ToolPlace(environment: environment)
        return StatusTools(place: place).all + SessionTools(place: place).all + EpisodeTools(place: place).all
            + MemoryTools(place: place).all + TrackingTools(place: place).all + [HistoryTool(place: place).sync]
    }

    package static let instructions = """
        Holdfast keeps Claude Code sessions resumable and makes searchable memory of what was said. \
        session_tracking_health says in one sentence whether it does its job. search_memory finds what was said and \
        decided in earlier sessions; add_memory keeps a note. lookup_session says whether a dispatch key resumes.
        """

    static let quick: Duration = .seconds(15)

    static let key = JSONSchema.string("A dispatch key, such as coder/issue-430.", length: 1...512)
    static let episode = JSONSchema.string("An episode's ID: 32 hexadecimal digits.", length: 32...32)
    static let since = JSONSchema.string("How far back: a number and h, d or w, such as 30d.", length: 2...8)
    static let time = JSONSchema.string("ISO 8601, UTC.")
}
