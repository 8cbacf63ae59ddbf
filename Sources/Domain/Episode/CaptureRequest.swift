/// What a note asks for beside its registry news: that a transcript be captured.
package struct CaptureRequest: Sendable, Equatable, Codable {
    package var path: String
    /// The client's config folder, to which the transcript must belong.
    package var configDirectory: String
    /// The sub-agent whose file it is.
    package var agentID: String?
    /// The hook's `last_assistant_message`: the file may receive it only later, or never.
    package var answer: String?
    package var promptID: String
    /// The transcript's end when the hook looked: the answer is searched from a little before it.
    package var size: Int64

    package init(
        path: String, configDirectory: String, agentID: String? = nil, answer: String? = nil, promptID: String = "",
        size: Int64 = 0
    ) {
        self.path = path
        self.configDirectory = configDirectory
        self.agentID = agentID
        self.answer = answer
        self.promptID = promptID
        self.size = size
    }

    enum CodingKeys: String, CodingKey {
        case path, answer, size
        case configDirectory = "config_dir"
        case agentID = "agent_id"
        case promptID = "prompt_id"
    }

    package var json: String {
        var object = JSONObject<CodingKeys>()
        object.add(.path, path)
        object.add(.configDirectory, configDirectory)
        if let agentID { object.add(.agentID, agentID) }
        if let answer { object.add(.answer, answer) }
        object.add(.promptID, promptID)
        object.add(.size, raw: "\(size)")
        return object.text
    }
}
