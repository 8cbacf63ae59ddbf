internal import Platform

/// A file lock that lives as long as this object.
final class HeldLock {
    enum Outcome {
        case ours(HeldLock)
        case others
        case impossible(reason: String)
    }

    private let lock: FileLock

    private init(_ lock: consuming FileLock) { self.lock = lock }

    var descriptor: Int32 { lock.descriptor }

    static func take(_ path: String) -> Outcome {
        do throws(FileError) {
            guard let lock = try FileLock.take(path) else { return .others }
            return .ours(HeldLock(lock))
        } catch {
            return .impossible(reason: "\(error)")
        }
    }
}
