internal import Glibc
internal import Platform
internal import Settings
internal import Transcripts

extension Workplace {
    /// Lets words in that nobody captured, as far as they are not forgotten. While `body` asks and adds, nobody says that
    /// something is forgotten: what is added before is found and removed, what is added after is refused.
    func admitting<Value>(_ body: (inout ForgottenOffers) throws -> Value) throws -> Value {
        try withForgottenLock {
            var offers = try ForgottenOffers(settings.state)
            return try body(&offers)
        }
    }

    func withForgottenLock<Value>(_ body: () throws -> Value) throws -> Value {
        let state = settings.state, watch = Stopwatch(limit: .seconds(5))
        // Where that fails, so does the lock.
        try? Files.makeFolder(state.locks)
        repeat {
            let lock: FileLock?
            do throws(FileError) {
                lock = try FileLock.take(state.forgottenLock)
            } catch {
                // Where none can be made, as on a full disk, nobody can say that something is forgotten either.
                return try body()
            }
            if let lock {
                defer { withExtendedLifetime(lock) {} }
                return try body()
            }
            usleep(2000)
        } while !watch.isOver
        throw Failure(.busy, "another adds words, or forgets some, and does not come to an end", remedy: "try again")
    }
}
