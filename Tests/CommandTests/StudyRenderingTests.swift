import Foundation
import Runs
import Testing

@testable import mtl_tui

@Suite("The table and plot of the study") struct StudyRenderingTests {
  private let table: CorrelationTable = {
    func cell(_ losses: [Double], overlap: Double? = nil) -> CorrelationTable.Cell {
      .init(
        losses.enumerated().map {
          .init(
            draw: UInt64($0 + 1), loss: $1, rate: $0 == 0 ? 0.001 : 0.003, gateOverlap: overlap)
        })
    }
    return CorrelationTable(
      correlations: [0, 0.5, 1], labelCorrelations: [-0.001, 0.33, 0.99], floor: 1,
      rates: [0.001, 0.003],
      rows: [
        .init(
          title: "OMoE", parameterCount: 140,
          cells: [cell([3, 5]), cell([3, 3]), cell([1.5, 2.5])]),
        .init(
          title: "MMoE", parameterCount: nil,
          cells: [cell([2], overlap: 0.25), cell([]), cell([2])]),
      ])
  }()

  @Test("as text") func text() {
    #expect(
      table.text == """
        mean squared error on test rows: median over 2 draws of the data (least–greatest)

        correlation                              0                     0.5                       1  \
        parameters
        OMoE               4.0000! (3.0000–5.0000)  3.0000 (3.0000–3.0000)  2.0000 (1.5000–2.5000)  \
               140
        MMoE                                2.0000                       –                  2.0000  \
                 –
        label r                               0.00                    0.33                    0.99
        MMoE gate overlap                     0.25                       –                       –
        OMoE rate                  0.001×1 0.003×1         0.001×1 0.003×1         0.001×1 0.003×1
        MMoE rate                            0.001                       –                   0.001

        loss / loss at correlation 1 on the same draw, geometric mean over the draws

        correlation     0   0.5     1
        OMoE         2.00  1.55  1.00
        MMoE         1.00     –  1.00

           4.000 ┤A ·
                 │    · · · ·
                 │            · · ·
                 │                  · · · ·
                 │                          · A ·
                 │                                · · · ·
           2.500 ┤                                        · · ·
                 │                                              · · · ·
                 │B                                                     · *
                 │
                 │
                 │
           1.000 ┤---------------------------------------------------------
                 └─────────────────────────────────────────────────────────
                  0                          0.5                          1

        A OMoE   B MMoE   * where letters meet   --- the labels' noise

        label r: correlation of the two labels, lower than the weights' since the sines bend it
        gate overlap: what the two tasks' gates give to the same experts, 0 to 1, on validation rows
        rate: of the draws, which did best on validation rows
        ! not converged: above 3 times the labels' noise of 1: OMoE at 0; what is compared there is \
        how fast they learn (more --epochs, --rows or --rates)
        """)
  }

  @Test("one draw, one rate: nothing that would say nothing") func single() {
    var table = table
    table.rates = [0.001]
    for row in table.rows.indices {
      for cell in table.rows[row].cells.indices {
        table.rows[row].cells[cell].found = Array(table.rows[row].cells[cell].found.prefix(1))
      }
    }
    table.correlations = [0, 0.5, 0.9]
    #expect(table.text.hasPrefix("mean squared error on test rows: median over 1 draw of the data"))
    #expect(!table.text.contains("rate") && !table.text.contains("geometric"))
    #expect(!table.text.contains("(3.0000"))
  }

  @Test("letters at the points, dots between, a gap where there is no number") func plot() {
    let plot = LetterPlot(
      x: [0, 0.5, 1], series: [("up", [0, 1, 2]), ("gap", [2, .nan, 2])], columns: 21, rows: 5)
    #expect(
      plot.text == """
           2.000 ┤B                 · *
                 │              · ·
           1.000 ┤        · A ·
                 │    · ·
           0.000 ┤A ·
                 └─────────────────────
                  0        0.5        1
        """)
  }

  @Test("a level from side to side, under the curves, with its name in the legend") func level() {
    let plot = LetterPlot(
      x: [0, 1], series: [("up", [0, 1])], line: ("floor", -1), columns: 11, rows: 5)
    #expect(
      plot.text == """
           1.000 ┤        · A
                 │    · ·
           0.000 ┤A ·
                 │
          -1.000 ┤-----------
                 └───────────
                  0         1
        """)
    #expect(plot.legend == "A up   * where letters meet   --- floor")
  }

  @Test("one point, equal values, nothing at all") func edges() {
    let one = LetterPlot(x: [0.5], series: [("one", [3])], columns: 5, rows: 3)
    #expect(
      one.text == """
           3.500 ┤
           3.000 ┤  A
           2.500 ┤
                 └─────
                   0.5
        """)
    #expect(LetterPlot(x: [], series: []).text == "no points yet")
    #expect(LetterPlot(x: [1], series: [("none", [.nan])]).text == "no points yet")
  }

  @Test("as JSON") func json() throws {
    let text = table.json(isInterrupted: false)
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let document = try #require(parsed as? [String: Any])
    #expect(document["correlations"] as? [Double] == [0, 0.5, 1])
    #expect(document["noise_floor"] as? Double == 1)
    #expect(document["rates"] as? [Double] == [0.001, 0.003])
    let models = try #require(document["models"] as? [[String: Any]])
    let cells = try #require(models[0]["cells"] as? [[String: Any]])
    #expect(cells[0]["median"] as? Double == 4 && cells[0]["converged"] as? Bool == false)
    #expect(cells[2]["converged"] as? Bool == true)
    let ratio = try #require(cells[0]["ratio_to_correlation_1"] as? Double)
    #expect(abs(ratio - 2) < 1e-12)
    let draws = try #require(cells[0]["draws"] as? [[String: Any]])
    #expect(draws.compactMap { $0["draw"] as? Int } == [1, 2])
    #expect(draws.compactMap { $0["loss"] as? Double } == [3, 5])
    #expect(draws.compactMap { $0["rate"] as? Double } == [0.001, 0.003])
    let other = try #require(models[1]["cells"] as? [[String: Any]])
    #expect(other[1]["median"] is NSNull && models[1]["parameters"] is NSNull)
    let overlaps = try #require(other[0]["draws"] as? [[String: Any]])
    #expect(overlaps[0]["gate_overlap"] as? Double == 0.25)
  }
}
