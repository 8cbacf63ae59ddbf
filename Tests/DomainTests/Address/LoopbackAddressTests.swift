import Domain
import Testing

@Suite struct LoopbackAddressTests {
    @Test(arguments: [
        "0.0.0.0:1", "[::]:1", "box:1", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "[::1]", "unix:run/s", "",
        "192.168.0.1:80",
    ])
    func refusesWhatIsNotThisMachineAlone(text: String) { #expect(LoopbackAddress(text) == nil) }

    @Test(arguments: [
        ("127.0.0.1:7391", LoopbackAddress.tcp(host: "127.0.0.1", port: 7391)),
        ("localhost:80", .tcp(host: "127.0.0.1", port: 80)), ("[::1]:80", .tcp(host: "::1", port: 80)),
        ("unix:/run/s", .unix(path: "/run/s")),
    ])
    func readsWhatIs(text: String, address: LoopbackAddress) {
        #expect(LoopbackAddress(text) == address)
        #expect(LoopbackAddress(address.description) == address)
    }
}
