import Platform
import Settings
import Storage
import TestSupport
import Testing

/// A plugin that brings its programs along offers 'holdfast up' once.
@Suite struct SetUpOfferTests {
    @Test func offersOnceToWhoHasThePluginAlone() throws {
        let scratch = try Scratch()
        let state = Settings(environment: ["HOME": scratch.path]).state
        try state.prepare()
        let prefix = try scratch.write("", to: "prefix/bin/holdfast-hook")
        let plugin = try scratch.write("", to: "plugin/bin/holdfast-hook")
        try scratch.write("{}", to: "plugin/.claude-plugin/plugin.json")
        #expect(SetUpOffer(state).take(of: prefix) == nil && SetUpOffer(state).take(of: nil) == nil)
        let line = try #require(SetUpOffer(state).take(of: plugin))
        #expect(line.contains("\(scratch.path)/plugin/bin/holdfast up"))
        #expect(SetUpOffer(state).take(of: plugin) == nil)
        Files.remove(state.setUpOffered)
        try Files.write("", to: state.setUp)
        #expect(SetUpOffer(state).take(of: plugin) == nil)
    }
}
