import Foundation
import Runs
import Testing

@testable import Store

@Suite("A configuration in a file") struct ConfigurationFileTests {
  private func words(_ text: String) -> String {
    do {
      let layer = try ConfigurationFile.layer(text, path: "run.yaml")
      _ = try SourcedConfiguration([layer])
      return "nothing"
    } catch { return "\(error)" }
  }

  private static let odd: RunConfiguration = {
    var odd = RunConfiguration()
    odd.data = DataSelection("/a b/schema.yaml", folder: "/tmp/d: e #f", group: "us'er", hash: "0")
    odd.modelOptions = ["note": "a \"b\"\n\t\u{1b}[0m \\ ünï: [c]", "empty": "", "dash": "- x"]
    odd.balancer = BalancerSetting("metabalance", options: ["relax": "0.5", "yes": "no"])
    odd.seed = .max
    odd.learningRate = 0.1 + 0.2
    odd.optimizer = OptimizerConfiguration(.adam(beta1: 0.1), clipNorm: 1e-7, weightDecay: 1e22)
    odd.keep = .score(task: "a: task", name: "auc")
    odd.schedule = [
      .init(step: 5, command: .setTask("click # on", isOn: false)),
      .init(step: 2, command: .together([.setTask("a", isOn: true), .setTaskWeight("b", 0.25)])),
    ]
    (odd.threads, odd.stepsPerSecondLimit, odd.startsPaused) = (3, 0.5, true)
    return odd
  }()

  @Test("what is written is read back, with the same hash") func roundTrip() throws {
    for configuration in [RunConfiguration(), Self.odd] {
      let text = configuration.yaml(heading: ["hash \(configuration.hash)"]) { "of \($0)" }
      let back = try ConfigurationFile.configuration(text, path: "run.yaml")
      #expect(back == configuration)
      #expect(back.hash == configuration.hash)
      #expect(back.yaml(heading: ["hash \(back.hash)"]) { "of \($0)" } == text)
    }
  }

  @Test("values remember their lines, whatever their types mean in YAML") func lines() throws {
    let layer = try ConfigurationFile.layer(
      "# mine\nlr: 1e-2\n\nclip: none\npaused: true\nat:\n  - 5:pause\n  - \"7:task a off\"\n",
      path: "run.yaml")
    func source(_ line: Int) -> ConfigurationSource { .file(path: "run.yaml", line: line) }
    #expect(
      layer.entries == [
        .init("lr", ["1e-2"], source(2)), .init("clip", ["none"], source(4)),
        .init("paused", ["true"], source(5)), .init("at", ["5:pause", "7:task a off"], source(6)),
      ])
    let single = try ConfigurationFile.layer("at: 5:pause", path: "run.yaml")
    #expect(single.entries.map(\.texts) == [["5:pause"]])
    #expect(try ConfigurationFile.layer("", path: "run.yaml").entries.isEmpty)
  }

  @Test("what is wrong is said with its line") func errors() {
    #expect(
      words("epochs: 3\nlerning-rate: 3\n").hasPrefix(
        "run.yaml:2: unknown key 'lerning-rate'.\n  found: lerning-rate\n  fix:   keys are data, "))
    #expect(
      words("epochs: 3\n\nepoch: 3\n").hasPrefix(
        "run.yaml:3: unknown key 'epoch'.\n  found: epoch\n  fix:   did you mean 'epochs'? keys"))
    #expect(
      words("batch: many\n")
        == """
        run.yaml:1: 'batch' must be a whole number from 1 to 1048576.
          found: many
          fix:   write 'batch: …' with a whole number from 1 to 1048576
        """)
    #expect(
      words("lr: 1\nlr: 2\n") == """
        run.yaml: 'lr' is named twice.
          found: lr, twice
          fix:   keep one of the lines
        """)
    #expect(words("lr:\n  - 1\n").hasPrefix("run.yaml:2: 'lr' takes one value.\n  found: a list"))
    #expect(words("model:\n  name: ple\n").hasPrefix("run.yaml:2: 'model' takes one value."))
    #expect(words("- lr\n").hasPrefix("run.yaml:1: a configuration is keys with values."))
    #expect(words("lr: [1\n").hasPrefix("run.yaml:"))
    #expect(words("lr: [1\n").contains("not valid YAML"))
    #expect(
      words("at:\n  - 5:paus\n").hasPrefix("run.yaml:1: 'at' must be STEP:COMMAND, as in "))
  }

  @Test("paths are those from the file's folder") func paths() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("configuration-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("run.yaml")
    func layer(_ text: String) throws -> ConfigurationLayer {
      try Data(text.utf8).write(to: file)
      return try ConfigurationFile(path: file.path).layer()
    }
    let near = try layer("data: log/schema.yaml\npath: rows\n")
    #expect(near.text(of: "data") == folder.path + "/log/schema.yaml")
    #expect(near.text(of: "path") == folder.path + "/rows")
    let far = try layer("data: /log/schema.yaml\npath: /rows\n")
    #expect(far.text(of: "data") == "/log/schema.yaml" && far.text(of: "path") == "/rows")
    #expect(try layer("data: census-income\n").text(of: "data") == "census-income")
  }

  @Test("a file that cannot be read says why") func unreadable() {
    let missing = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile(path: "/nowhere/run.yaml").layer()
    }
    #expect(
      missing?.description.hasPrefix(
        "/nowhere/run.yaml: the configuration cannot be read.\n  found: No such file") == true)
    let folder = #expect(throws: ConfigurationFileError.self) {
      try ConfigurationFile(path: "/tmp").layer()
    }
    #expect(folder?.what == .unreadable("no file of at most 1 MiB"))
  }
}
