import Foundation

/// Small files in the format of KuaiRand-Pure: 14 days of impressions, users and videos, with the
/// quirks of the real ones.
struct KuaiRandFiles {
  /// By user 7 of 40 and video 3 of 30 there is no row in the tables; pairs repeat.
  var log: String {
    let rows = (0..<1400).map { row -> String in
      let (user, video) = (row * 7 % 40, row * 11 % 30)
      let date = row < 600 ? 20_220_425 + row / 100 : 20_220_501 + (row - 600) / 100
      let click = row % 5 < 2 ? 1 : 0
      let long = row % 10 < 3 ? 1 : 0
      let like = row % 17 == 0 ? 1 : 0
      let duration = video * 12_345 % 320_000
      let play = click * (row % 400) * 1000 + 500
      let time = 1_650_812_741_436 + row
      return "\(user),\(video),\(date),\(row % 24 * 100),\(time),\(click),\(like)"
        + ",0,0,0,0,\(long),\(play),\(duration),0,0,0,0,\(row % 3)"
    }
    return Self.logHeader + rows.map { $0 + "\n" }.joined()
  }

  /// Users 0...39 without 7; a range has a comma, some features are missing.
  var users: String {
    let rows = (0..<40).filter { $0 != 7 }.map { user -> String in
      let range = user % 2 == 0 ? "\"[100,1k)\"" : "500+"
      let features = (0...17).map { $0 == 4 && user % 5 == 0 ? "" : "\(user % ($0 + 2)).0" }
      return "\(user),full_active,0,-124,1,5,\"(0,10]\",9,\(range),3,\"[1,5)\",700,366-730,"
        + features.joined(separator: ",")
    }
    return Self.usersHeader + rows.map { $0 + "\n" }.joined()
  }

  /// Videos 0...29 without 3; a tag may be a list in quotes, or missing.
  var videos: String {
    let rows = (0..<30).filter { $0 != 3 }.map { video -> String in
      let tag = video % 10 == 0 ? "" : (video % 4 == 0 ? "\"12,\(video % 3)\"" : "\(video % 3)")
      let music = video % 6 == 0 ? "" : "9.0"
      return "\(video),\(video / 2),NORMAL,2022-04-10,LongImport,0.0,8743.0,720.0,1280.0,91,"
        + "\(music),\(tag)"
    }
    return Self.videosHeader + rows.map { $0 + "\n" }.joined()
  }

  /// The files in a folder, plain but for the log.
  func write(to folder: String, logName: String = "log_standard_0425_0508.csv.gz") throws {
    let bytes = logName.hasSuffix(".gz") ? gzip(Data(log.utf8)) : Data(log.utf8)
    try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(logName)"))
    for (name, text) in [("user_features_pure", users), ("video_features_basic_pure", videos)] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).csv"))
    }
  }

  private static let logHeader =
    "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,"
    + "is_hate,long_view,play_time_ms,duration_ms,profile_stay_time,comment_stay_time,"
    + "is_profile_enter,is_rand,tab\n"
  private static let usersHeader =
    "user_id,user_active_degree,is_lowactive_period,is_live_streamer,is_video_author,"
    + "follow_user_num,follow_user_num_range,fans_user_num,fans_user_num_range,friend_user_num,"
    + "friend_user_num_range,register_days,register_days_range,"
    + (0...17).map { "onehot_feat\($0)" }.joined(separator: ",") + "\n"
  private static let videosHeader =
    "video_id,author_id,video_type,upload_dt,upload_type,visible_status,video_duration,"
    + "server_width,server_height,music_id,music_type,tag\n"
}
