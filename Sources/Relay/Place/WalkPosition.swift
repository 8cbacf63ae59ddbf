/// How far a walk over several servers has come: at which of them it is, and `SCAN`'s cursor there.
struct WalkPosition: Equatable {
    var cursor: UInt64 = 0
    var node = 0
    /// How many there were when it began, and by a sum which slots each had: with others it would pass some over.
    var nodes: Int
    var mark: UInt8

    private static let mostNodes = 255
    private static let mostCursor: UInt64 = 1 << 40

    /// - Returns: nil for more servers than it has room for.
    static func start(of nodes: Int, _ mark: UInt8) -> WalkPosition? {
        nodes <= mostNodes ? WalkPosition(nodes: nodes, mark: mark) : nil
    }

    init(cursor: UInt64 = 0, node: Int = 0, nodes: Int, mark: UInt8) {
        self.cursor = cursor
        self.node = node
        self.nodes = nodes
        self.mark = mark
    }

    /// - Returns: nil where it is none that `text` made.
    init?(_ text: String) {
        guard let number = UInt64(text) else { return nil }
        self.init(
            cursor: number >> 24, node: Int(number >> 8 & 0xff), nodes: Int(number & 0xff),
            mark: UInt8(truncatingIfNeeded: number >> 16))
        guard node < nodes else { return nil }
    }

    /// As a client may send it back; nil where the server's cursor leaves no room: none of fewer than 2^26 keys has such.
    var text: String? {
        guard cursor < Self.mostCursor else { return nil }
        return String(cursor << 24 | UInt64(mark) << 16 | UInt64(node) << 8 | UInt64(nodes))
    }

    /// Where the walk goes on.
    /// - Parameter cursor: that the server answered; 0 where it is through.
    /// - Returns: nil where all are through.
    func next(_ cursor: UInt64) -> WalkPosition? {
        if cursor != 0 { return WalkPosition(cursor: cursor, node: node, nodes: nodes, mark: mark) }
        return node + 1 < nodes ? WalkPosition(node: node + 1, nodes: nodes, mark: mark) : nil
    }
}
