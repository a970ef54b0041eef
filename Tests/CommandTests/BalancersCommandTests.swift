import Foundation
import Objectives
import Testing

@testable import mtl_tui

/// What `mtl-tui balancers` prints, and what `--balancer` and `--set balancer.…` take.
@Suite struct BalancersCommandTests {
  @Test func everyBalancerIsListedWithPaperAndOptions() throws {
    struct Listed: Decodable {
      struct Option: Decodable {
        let `default`: String
        let takes: String
        let summary: String
        let live: Bool
      }
      let name: String
      let title: String
      let paper: String
      let summary: String
      let sees: [String]
      let options: [String: Option]
    }
    let listed = try JSONDecoder().decode(
      [Listed].self, from: Data(BalancersCommand.json.utf8))
    #expect(listed.map(\.name) == BalancerRegistry.entries.map(\.about.name))
    let meta = try #require(listed.first { $0.name == "metabalance" })
    #expect(meta.sees == ["array norms"])
    #expect(meta.options["relax"]?.default == "0.7" && meta.options["relax"]?.live == true)
    #expect(meta.options["target"]?.default == "auto")
    for line in [
      "metabalance  (MetaBalance)", "--set balancer.relax=0.7", "sees: losses, losses again",
      "doi:10.1145/3485447.3512093",
    ] {
      #expect(BalancersCommand.text.contains(line), "\(line)")
    }
    #expect(BalancersCommand.text.split(separator: "\n").allSatisfy { $0.count <= 130 })
  }

  @Test func runsTakeABalancerAndItsChoices() throws {
    let options = try RunOptions.parse([
      "--data", "sample", "--balancer", "metabalance", "--set", "balancer.relax=0.25", "--set",
      "model.experts=2", "--at", "50:balancer=pcgrad", "--at", "60:balancer fixed weights=1,2,3",
    ])
    let configuration = try options.plan().merged().configuration
    #expect(configuration.balancer.description == "metabalance relax=0.25")
    #expect(configuration.modelOptions["experts"] == "2")
    #expect(
      configuration.schedule.map { "\($0.command)" } == [
        "balancer=pcgrad", "balancer fixed weights=1,2,3",
      ])
    #expect(
      try RunOptions.parse(["--data", "sample"]).plan().merged().configuration.balancer == .equal)
  }

  @Test(arguments: [
    (["--balancer", "pcgard"], "did you mean 'pcgrad'?"),
    (["--balancer", "famo", "--set", "balancer.rat=1"], "did you mean 'balancer.rate'?"),
    (["--balancer", "cagrad", "--set", "balancer.c=-1"], "give a number from 0 to 10"),
    (["--set", "balancer.c=1"], "equal has no option 'c'"),
  ])
  func whatCannotBeIsSaidBeforeDataAreRead(_ words: [String], _ expected: String) throws {
    let options = try RunOptions.parse(["--data", "sample"] + words)
    let failure = #expect(throws: Failure.self) { try options.plan().merged() }
    #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
  }

  @Test func optionsAreCompleted() {
    #expect(
      ShellCompletion.settings(of: ["train", "--balancer", "cagrad"], "balancer.")
        == ["balancer.c=0.5", "balancer.rescale=1"])
    #expect(
      ShellCompletion.settings(of: ["train", "--balancer=famo"], "balancer.r")
        == ["balancer.rate=0.025"])
    #expect(ShellCompletion.scheduled("5:balan").contains("5:balancer"))
  }
}
