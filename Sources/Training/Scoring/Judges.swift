import Datasets
import Graph
import Metrics
import Models
import Runs

/// The judges of a run's tasks that rows alone do not judge: rankings, texts, and
/// what explanations name.
///
/// Each is made when a split is first judged; a run without such tasks has none.
final class Judges {
  private enum Judge {
    case ranking(RankingJudge)
    case text(TextJudge)
    case features(FeatureJudge, any FeatureNaming)
  }

  private let dataset: Dataset
  private var made: [Evaluation.Split: [Int: Judge]] = [:]
  private lazy var bigrams = dataset.text?.bigrams()

  init(_ dataset: Dataset) { self.dataset = dataset }

  /// What judges say of a trainer's answers.
  ///
  /// - Parameters:
  ///   - trainer: the model.
  ///   - columns: by task, what it puts out for the rows of the split.
  ///   - split: which rows.
  ///   - writes: whether texts are written, too.
  /// - Returns: by task that has a judge, what it says.
  func judgements(
    of trainer: Trainer, _ columns: [[Float]], _ split: Evaluation.Split, writes: Bool = true
  ) -> [Int: OwnJudgement] {
    let judges = made[split] ?? makeJudges(split, trainer)
    made[split] = judges
    return judges.reduce(into: [:]) { found, entry in
      switch entry.value {
      case .ranking(let judge):
        let name = Watched.logit(trainer.tasks[entry.key].name)
        found[entry.key] = judge.judge { trainer.forward($0).output(name) }
      case .text(let judge):
        let texts =
          writes ? trainer.written(for: judge.written, of: rows(split), judge.longest) : nil
        found[entry.key] = judge.judge(costs: columns[entry.key], writing: texts)
      case .features(let judge, let naming):
        found[entry.key] = judge.judge {
          naming.feature(user: $0, item: $1, trainer.store)
        }
      }
    }
  }

  /// The tasks of texts whose validation rows' scores have no spread, by index; none before they are
  /// first judged.
  var textsWithoutSpread: [Int] {
    (made[.validation] ?? [:]).compactMap { task, judge in
      guard case .text(let judge) = judge else { return nil }
      return judge.hasNoSpread ? task : nil
    }.sorted()
  }

  private func rows(_ split: Evaluation.Split) -> Examples {
    split == .test ? dataset.test : dataset.validation
  }

  private func makeJudges(_ split: Evaluation.Split, _ trainer: Trainer) -> [Int: Judge] {
    let (rows, count) = (rows(split), dataset.tasks.count)
    return dataset.tasks.indices.reduce(into: [:]) { judges, task in
      switch trainer.tasks[task].answer.rowLoss {
      case .crossEntropy, .squaredError: break
      case .entries:
        guard let interactions = dataset.interactions, let opinions = dataset.opinions,
          let naming = trainer.model.features(from: dataset)
        else { break }
        judges[task] = .features(
          FeatureJudge(
            rows, interactions, opinions, split == .test ? .test : .validation, task: task,
            of: count), naming)
      case .pairs:
        judges[task] = dataset.interactions.map {
          .ranking(
            RankingJudge(
              rows, before: split == .test ? dataset.validation : nil, $0, task: task, of: count,
              blockRows: trainer.evaluationRows))
        }
      case .words:
        if let text = dataset.text, let bigrams {
          judges[task] = .text(
            TextJudge(
              rows, text, bigrams, task: task, of: count,
              mostWritten: TextJudge.mostWritten(split)))
        }
      }
    }
  }
}
