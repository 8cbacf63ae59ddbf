import Settings
import Storage
import TestSupport
import Testing

@Suite struct UserNoticeTests {
    @Test func lastsAsLongAsItsCompanionLives() throws {
        let scratch = try Scratch()
        let notice = UserNotice(StateFolder(path: scratch.path))
        #expect(notice.current(now: 1000) == nil)
        try notice.write("the key is refused", now: 1_000_000)
        #expect(notice.current(now: 1_060_000) == "the key is refused")
        #expect(notice.current(now: 2_000_000) == nil)
        try notice.write(nil, now: 1_060_000)
        #expect(notice.current(now: 1_060_000) == nil)
    }
}
