import Testing

@testable import SecondCopy

struct SealTests {
    private let seal = Seal.testing
    private let plain = Array(String(repeating: "some words, some more of them; ", count: 20).utf8)

    @Test func givesBackWhatItClosed() throws {
        let closed = try seal.closed(plain)
        #expect(try seal.opened(closed.bytes, named: closed.name, at: "x") == plain)
        #expect(closed.bytes.count < plain.count)
        let nothing = try seal.closed([])
        #expect(try seal.opened(nothing.bytes, named: nothing.name, at: "x").isEmpty)
    }

    @Test func equalBytesMakeTheSameFileOnEveryHost() throws {
        let one = try Seal(CopyKey.testing(1)).closed(plain), other = try Seal(CopyKey.testing(1, 2)).closed(plain)
        #expect(one.name == other.name && one.bytes == other.bytes)
    }

    @Test func anotherTextHasAnotherNonce() throws {
        let one = try seal.closed(plain), other = try seal.closed(plain + [0])
        #expect(
            one.bytes[Seal.headLength..<Seal.headLength + 12] != other.bytes[Seal.headLength..<Seal.headLength + 12])
    }

    @Test func namesTellNothingToWhoHasAnotherKey() throws {
        let other = Seal(CopyKey.testing(2)), digest = ContentDigest.text(of: plain)
        #expect(seal.name(of: plain) != other.name(of: plain) && seal.name(of: plain) != digest)
        #expect(seal.names(of: "host") != other.names(of: "host"))
    }

    @Test func everyFlippedBitIsFound() throws {
        let closed = try seal.closed(plain)
        for index in closed.bytes.indices {
            for bit in [UInt8(1), 128] {
                var bytes = closed.bytes
                bytes[index] ^= bit
                #expect(throws: CopyError.self, "byte \(index)") {
                    try seal.opened(bytes, named: closed.name, at: "x")
                }
            }
        }
        for count in [0, 1, Seal.headLength, closed.bytes.count - 1] {
            #expect(throws: CopyError.self) {
                try seal.opened(Array(closed.bytes.prefix(count)), named: closed.name, at: "x")
            }
        }
    }

    @Test func oneFileIsNotTakenForAnother() throws {
        let one = try seal.closed(plain), other = try seal.closed(Array("else".utf8))
        #expect(throws: CopyError.damaged(name: "x", reason: "its bytes are not those of its name")) {
            try seal.opened(one.bytes, named: other.name, at: "x")
        }
    }

    @Test func aKeyThatIsNotHereIsNamedByItsMark() throws {
        let closed = try seal.closed(plain), key = CopyKey.testing(2)
        #expect(throws: CopyError.locked(reason: "x was sealed with another key", marks: seal.marks)) {
            try Seal(key).opened(closed.bytes, named: closed.name, at: "x")
        }
    }

    @Test func aNewerFormIsLeftAlone() throws {
        var closed = try seal.closed(plain)
        closed.bytes[6] = 2
        // What a newer form closes, this one cannot open, whatever head it takes it for.
        closed.bytes[closed.bytes.count - 1] ^= 1
        #expect(throws: CopyError.newer(format: 2, known: 1)) {
            try seal.opened(closed.bytes, named: closed.name, at: "x")
        }
    }

    /// Nobody is to look for a key that never was, or for a newer Holdfast.
    @Test func aFlippedBitOfTheHeadIsDamage() throws {
        let closed = try seal.closed(plain)
        for index in 0..<Seal.headLength {
            for bit in 0..<UInt8(8) {
                var bytes = closed.bytes
                bytes[index] ^= UInt8(1) << bit
                do throws(CopyError) {
                    _ = try seal.opened(bytes, named: closed.name, at: "x")
                    Issue.record("bit \(bit) of byte \(index) is not missed")
                } catch {
                    if case .damaged = error { continue }
                    Issue.record("bit \(bit) of byte \(index): \(error)")
                }
            }
        }
    }

    /// Who may write to the copy must not be able to put in what we did not.
    @Test func withAKeyNothingPlainIsOpened() throws {
        let closed = try Seal.plain.closed(plain)
        #expect(try Seal.plain.opened(closed.bytes, named: closed.name, at: "x") == plain)
        #expect(throws: CopyError.self) { try seal.opened(closed.bytes, named: closed.name, at: "x") }
        #expect(throws: CopyError.self) { try seal.opened(closed.bytes, named: seal.name(of: plain), at: "x") }
    }

    @Test func whatCouldNotBeOpenedIsNotClosed() throws {
        let most = [UInt8](repeating: 0, count: Seal.mostPlain)
        let closed = try seal.closed(most)
        #expect(try seal.opened(closed.bytes, named: closed.name, at: "x") == most)
        #expect(throws: CopyError.self) { try seal.closed(most + [0]) }
    }

    @Test func aLengthThatCannotBeTakesNoRoom() throws {
        var closed = try Seal.plain.closed(plain)
        for index in 16..<24 { closed.bytes[index] = 0x7f }
        #expect(throws: CopyError.damaged(name: "x", reason: "its length cannot be")) {
            try Seal.plain.opened(closed.bytes, named: closed.name, at: "x")
        }
    }
}
