import Domain
import Testing

@Suite struct CountedTests {
    @Test(arguments: [
        (0, "call", "0 calls"), (1, "call", "1 call"), (2, "call", "2 calls"), (1, "memory", "1 memory"),
        (2, "memory", "2 memories"), (2, "key", "2 keys"), (3, "byte", "3 bytes"),
    ])
    func oneIsOne(number: Int, word: String, text: String) {
        #expect(counted(number, word) == text)
    }
}
