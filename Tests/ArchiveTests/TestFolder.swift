import Domain
import Foundation

@testable import Archive

/// A folder that is gone with the test.
final class TestFolder: Sendable {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "archive-tests-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/state/archive.sqlite" }

    func archive(id: String? = nil) throws -> SQLiteArchive { try SQLiteArchive.open(path: file, id: id) }
}
