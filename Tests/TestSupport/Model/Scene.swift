/// How a scripted model behaves when it is called.
package enum Scene: Sendable, Equatable {
    /// A good answer: the text, or a memory that names a word of the prompt.
    case ok(text: String? = nil)
    /// The same as a stream of events.
    case okStreaming(text: String? = nil)
    case status(Int, headers: [String: String] = [:], body: String = "")
    /// Takes the request and never answers.
    case hang
    /// Sends a head and no body.
    case hangAfterHead
    /// Promises more than it sends, and closes.
    case dropMidBody
    /// A good answer, so many bytes every 100 ms.
    case slowDrip(bytes: Int)
    case html502
    /// Status 200, and the stream says that it failed.
    case errorIn200
    case garbageJSON
    /// A valid beginning and then ballast, in pieces.
    case hugeAnswer(bytes: Int)
    case closeAtOnce
    case latency(milliseconds: Int)
    /// Reports token usage and these headers with a good answer.
    case okWithHeaders([String: String])
}
