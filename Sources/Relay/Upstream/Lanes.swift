/// By which connection to each server one client's commands go while some are not answered: over two, the second might
/// overtake the first. Lives on the relay's event loop alone.
final class Lanes {
    private var links: [ObjectIdentifier: UpstreamLink] = [:]

    func link(to node: UpstreamNode) -> UpstreamLink? { links[ObjectIdentifier(node)] }
    func take(_ link: UpstreamLink, to node: UpstreamNode) { links[ObjectIdentifier(node)] = link }
    /// All are answered.
    func leave() { links.removeAll() }
}
