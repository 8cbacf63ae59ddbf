internal import CHiredis

/// What a server may send in answer to what is asked together. More is no answer of Redis to us: the largest, a page of
/// episodes with their texts, has some ten megabytes.
enum ReplyBounds {
    static let bytes = 64 << 20
    /// Of arrays, nested ones too. An element of four bytes on the wire takes a hundred in memory, so they are counted by
    /// themselves, and before room is made for them.
    static let elements = 1 << 20
}

/// Counts what comes in while hiredis reads it, and lets it make room for no more elements than `ReplyBounds` allows.
@safe struct ReplyAccount {
    private let state: UnsafeMutablePointer<State>

    @safe private struct State {
        var functions: redisReplyObjectFunctions
        let makeArray: (@convention(c) (UnsafePointer<redisReadTask>?, Int32) -> UnsafeMutableRawPointer?)?
        var elementsLeft = 0
        var bytesLeft = 0
    }

    /// Puts itself between the reader and its functions; outlives the reader.
    init(of reader: UnsafeMutablePointer<redisReader>) {
        unsafe state = .allocate(capacity: 1)
        let functions = unsafe reader.pointee.fn.pointee
        unsafe state.initialize(to: State(functions: functions, makeArray: functions.createArray))
        unsafe state.pointee.functions.createArray = { task, count in
            guard let state = unsafe task?.pointee.privdata?.assumingMemoryBound(to: State.self) else { return nil }
            unsafe state.pointee.elementsLeft -= Int(count)
            // hiredis takes no room for want of memory, and ends the connection.
            return unsafe state.pointee.elementsLeft < 0 ? nil : state.pointee.makeArray?(task, count)
        }
        unsafe withUnsafeMutablePointer(to: &state.pointee.functions) { unsafe reader.pointee.fn = $0 }
        unsafe reader.pointee.privdata = UnsafeMutableRawPointer(state)
    }

    func free() { unsafe state.deallocate() }

    /// Begins to count for the next question.
    func begin() {
        unsafe state.pointee.elementsLeft = ReplyBounds.elements
        unsafe state.pointee.bytesLeft = ReplyBounds.bytes
    }

    func add(bytes: Int) { unsafe state.pointee.bytesLeft -= bytes }

    var isOverdrawn: Bool { unsafe state.pointee.elementsLeft < 0 || state.pointee.bytesLeft < 0 }
}
