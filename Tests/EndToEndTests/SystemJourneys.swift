import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What single systems show of themselves, in the real program and a terminal.
  @Suite("Journeys through systems") struct SystemJourneys {
    @Test("masks: the search is seen phase by phase, then whose weights they are")
    func masks() throws {
      let session = try Session.training(
        columns: 120, rows: 40,
        options: "--model csrec --pace 80 --set model.rounds=2 --set model.min-sparsity=0")
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.wait(for: "the search") { $0.shows("pruning income") && $0.shows("round 1 of 2") }
      try robot.wait(for: "the joint phase") { $0.shows("joint training") }
      try robot.press("3")
      try robot.wait(for: "the views") {
        $0.shows("[3 Masks]") && $0.shows("density") && $0.shows("whose weights, layer 0")
          && $0.shows("sign conflict")
      }
      // Behind the sparsity of all layers and of both, the density and the overlap.
      for _ in 0..<5 { try robot.press("j") }
      try robot.press("Enter")
      try robot.wait(for: "one layer, large") {
        $0.shows("A row is a unit of the layer") && !$0.shows("density")
      }
      try robot.resize(columns: 80, rows: 24)
      try robot.wait(for: "the same in 80×24") {
        $0.lines.count == 24 && $0.shows("whose weights, layer 0")
      }
      try robot.type(":dial lambda 0.5")
      try robot.press("Enter")
      try robot.wait(for: "the dial's acknowledgement") { $0.shows("lambda 0.5 at step") }
      try robot.press("Q")
      // The shell's own lines were wrapped anew; what is asked here is that it is back.
      try robot.wait(for: "the shell's prompt") { $0.prompt != nil && !$0.isAlternate }
    }

    @Test("experts are left out one by one, and the scores compared") func knockOut() throws {
      let session = try Session.training(columns: 120, rows: 40)
      defer { session.robot.leave() }
      let robot = session.robot
      try robot.press("2")
      try robot.wait(for: "the gates") { $0.shows("[2 Gates]") && $0.shows("never_married") }
      try robot.press("x")
      try robot.wait(for: "the scores without E0") { $0.shows("without   change") }
      try robot.type(":knock out E99")
      try robot.press("Enter")
      try robot.wait(for: "the refusal") { $0.shows("no expert 'E99'") }
      try robot.press("Escape")
      try robot.press("Q")
      try session.expectShell()
    }

    /// Systems, and what must be on their inspector; masks have a density.
    private static let inspectors = [
      ("single-task", "Single-task", "has no views of its inside"),
      ("hard-sharing", "Hard sharing", "has no views of its inside"),
      ("cross-stitch", "Cross-stitch", "self-share, stitch 0"),
      ("l2-soft", "L2 soft sharing", "distance, layer 0"), ("omoe", "OMoE", "OMoE has dials"),
      ("mmoe", "MMoE", "MMoE has dials"), ("ple", "PLE", "own experts' share, level 0"),
      ("esmm", "ESMM", "pCVR of unclicked rows"),
      ("sparse-sharing", "Sparse sharing", "density"),
      ("lt4rec", "LT4REC", "density"), ("csrec", "CSRec", "density"),
      ("mt-fwfm", "MT-FwFM", "income − never_married"), ("mran", "MRAN", "alignment"),
      ("aitm", "AITM", "attention of each step"), ("stem-net", "STEM-Net", "gate split"),
      ("escm2", "ESCM²", "effective sample size"),
      ("crossdistil", "CrossDistil", "cells of the labels"),
    ]

    @Test("every system is started without leaving: a task goes off and on, its views open")
    func inspectors() throws {
      let session = try Session.training(
        columns: 120, rows: 40, options: "--model linear --embedding 4")
      defer { session.robot.leave() }
      let robot = session.robot
      for (name, title, view) in Self.inspectors {
        try command("start \(name)", robot)
        try robot.wait(for: "\(name)'s start") {
          $0.shows("start \(title)?") || $0.shows("mtl \(title) ·")
        }
        try robot.press("y")
        try robot.wait(for: "\(name)'s run") {
          $0.shows("mtl \(title) ·") && !$0.shows("start \(title)?")
        }
        try robot.press(view == "density" ? "3" : "4")
        try robot.wait(for: "\(name)'s views") {
          ($0.shows("[4 Inspect]") || $0.shows("[3 Masks]")) && $0.shows(view)
        }
        try command("task never_married off", robot)
        try robot.wait(for: "\(name)'s task off") { $0.shows("never_married OFF at step") }
        try command("task never_married on", robot)
        try robot.wait(for: "\(name)'s task on") { $0.shows("never_married ON at step") }
      }
      try command("start youtube", robot)
      try robot.wait(for: "why the data do not fit") { $0.shows("YouTube ranking is not for") }
      try robot.press("Escape")
      try robot.press("Q")
      try session.expectShell()
    }

    private func command(_ words: String, _ robot: Robot) throws {
      try robot.type(":" + words)
      try robot.press("Enter")
    }
  }
}
