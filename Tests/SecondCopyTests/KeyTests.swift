import Glibc
import Platform
import TestSupport
import Testing

@testable import SecondCopy

struct KeyTests {
    private let scratch: Scratch
    private let file: KeyFile

    init() throws {
        scratch = try Scratch()
        file = KeyFile(scratch.path + "/key")
    }

    @Test func isMadeForThisUserAloneAndSaysWhatItIs() throws {
        let key = try file.make()
        #expect(try Files.status(file.path).st_mode & 0o777 == 0o600)
        #expect(try Files.read(file.path).contains("worthless"))
        #expect(key.marks == [key.mark] && key.mark.count == 16)
        #expect(try file.read().mark == key.mark)
    }

    @Test func isNeverWrittenOver() throws {
        let key = try file.make()
        #expect(throws: CopyError.self) { try file.make() }
        #expect(try file.read().mark == key.mark)
    }

    @Test func rotatingKeepsTheOlderKeysForOpening() throws {
        let first = try file.make()
        let closed = try Seal(first).closed([1, 2, 3])
        let second = try file.rotate()
        #expect(second.marks == [second.mark, first.mark] && second.mark != first.mark)
        #expect(try Files.status(file.path).st_mode & 0o777 == 0o600)
        #expect(try Seal(second).opened(closed.bytes, named: closed.name, at: "x") == [1, 2, 3])
        #expect(try file.read().marks == second.marks)
    }

    @Test func theMarkIsNoPartOfTheKey() throws {
        let key = try file.make()
        let digits = try Files.read(file.path).split(separator: "\n").last.map(String.init) ?? ""
        #expect(digits.count == 64)
        for start in 0...48 { #expect(digits.dropFirst(start).prefix(16) != key.mark) }
    }

    @Test(arguments: ["", "# none\n", "abcd\n", String(repeating: "g", count: 64), String(repeating: "a", count: 66)])
    func whatIsNoKeyIsRefusedAndNotShown(_ text: String) throws {
        try PrivateFile.create(file.path, holding: text)
        let error = #expect(throws: CopyError.self) { try file.read() }
        #expect(text.count < 60 || error?.description.contains(text) == false)
    }

    @Test func aFileThatOthersMayReadIsRefused() throws {
        try file.make()
        try Files.setMode(file.path, 0o644)
        let error = #expect(throws: CopyError.self) { try file.read() }
        #expect(error?.description.contains("chmod 600") == true)
    }
}
