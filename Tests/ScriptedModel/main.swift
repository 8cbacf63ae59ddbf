internal import TestSupport

// A scripted model of its own: prints its port, and plays what `POST /_scene` tells it until it is ended.
let arguments = CommandLine.arguments
let index = arguments.firstIndex(of: "--port")
let port = index.flatMap { arguments.indices.contains($0 + 1) ? Int(arguments[$0 + 1]) : nil } ?? 0
let model = try await ScriptedModel(port: port)
print(model.port)
StandardOutput.flush()
try await Task.sleep(for: .seconds(1_000_000_000))
await model.shutdown()
