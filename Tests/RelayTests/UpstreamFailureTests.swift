internal import NIOCore
internal import Testing

@testable internal import Relay

/// What clients are told where a server did not answer, or refused us.
@Suite struct UpstreamFailureTests {
    @Test func keepsTheCodeOfAServersRefusal() {
        let failure = UpstreamFailure(refusal: "WRONGPASS invalid username-password pair", at: "a:1")
        #expect(String(buffer: failure.reply) == "-WRONGPASS a:1: invalid username-password pair\r\n")
        #expect(String(buffer: UpstreamFailure("a:1:\nlost").reply) == "-UPSTREAM a:1: lost\r\n")
    }
}
