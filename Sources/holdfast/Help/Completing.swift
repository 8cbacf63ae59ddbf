internal import ArgumentParser
internal import Operations

/// What a shell offers for a word. Keys and IDs are asked for at that moment; where nobody can be asked none are offered,
/// since a shell has no place for an error.
enum Completing {
    static let key = CompletionKind.custom { _, _, word in names(.key, word) }
    static let session = CompletionKind.custom { _, _, word in names(.session, word) }
    static let keyOrSession = CompletionKind.custom { _, _, word in names(.key, word) + names(.session, word) }
    static let episode = CompletionKind.custom { _, _, word in names(.episode, word) }
    static let keptOrKey = CompletionKind.custom { _, _, word in names(.kept, word) + names(.key, word) }
    static let pool = CompletionKind.custom { _, _, word in names(.pool, word) }
    static let provider = CompletionKind.custom { _, _, word in names(.provider, word) }
    static let tool = CompletionKind.custom { _, _, word in names(.tool, word) }
    static let transcript = CompletionKind.file(extensions: ["jsonl"])

    private static func names(_ kind: Named, _ word: String) -> [String] {
        (try? Workplace.evenMisconfigured().names(of: kind, beginningWith: word)) ?? []
    }
}
