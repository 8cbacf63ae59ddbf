/// The members of one content block, where they lie.
struct Block {
    private(set) var type = 0..<0
    private(set) var id: Range<Int>?
    private(set) var name: Range<Int>?
    private(set) var text: Range<Int>?
    private(set) var thinking: Range<Int>?
    private(set) var input: Range<Int>?
    private(set) var content: Range<Int>?
    private(set) var isError: Range<Int>?
    private(set) var toolUseID: Range<Int>?

    /// - Parameter place: the block's value; one that is no object has no type.
    init(_ place: Range<Int>, _ json: JSONText) {
        guard json.isObject(place) else { return }
        var block = self
        _ = json.members(of: place.lowerBound) { name, value in
            switch name.count {
            case 2 where json.matches(name, "id"): block.id = value
            case 4 where json.matches(name, "type"): block.type = value
            case 4 where json.matches(name, "name"): block.name = value
            case 4 where json.matches(name, "text"): block.text = value
            case 5 where json.matches(name, "input"): block.input = value
            case 7 where json.matches(name, "content"): block.content = value
            case 8 where json.matches(name, "thinking"): block.thinking = value
            case 8 where json.matches(name, "is_error"): block.isError = value
            case 11 where json.matches(name, "tool_use_id"): block.toolUseID = value
            default: break
            }
        }
        self = block
    }
}
