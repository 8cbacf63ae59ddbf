internal import Glibc
internal import Operations
internal import Platform

/// What a verb reads from stdin, whole. A caller that forgets to end it must not wait for ever.
enum StandardInput {
    /// How long the whole of it may take; a person who types has all the time in the world.
    enum Patience: Int64 {
        /// What was just said: an error, a question, a text.
        case remark = 60
        /// What another program makes meanwhile.
        case stream = 600
    }

    /// - Parameter limit: bytes beyond are not read.
    /// - Throws: `Failure`, `FileError`.
    static func read(_ patience: Patience, limit: Int) throws -> [UInt8] {
        do throws(FileError) {
            return try Files.read(
                STDIN_FILENO, named: "stdin", limit: limit,
                patience: isatty(STDIN_FILENO) == 1 ? nil : .seconds(patience.rawValue))
        } catch {
            guard error.number == ETIMEDOUT else { throw error }
            throw Failure(
                .badInput, "stdin has not ended after \(patience.rawValue) s", remedy: "close it, or give it a file")
        }
    }
}
