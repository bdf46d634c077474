import type { enProblems } from "./en.problems";

export const zhCNProblems: Record<keyof typeof enProblems, string> = {
  "banner.switch_of": "{name}：{why}",
  "problem.not_connected_yet": "尚未连接。",
  "problem.not_set_up": "未设置名为此的交换机。",
  "problem.other_owner": "{pbx} 由另一个进程负责：{owner}",
  "problem.at": "Asterisk 管理接口 {at}：{why}",
  "problem.silent": "已有 {silent_s} 秒没有任何响应",
  "problem.closed": "对方关闭了连接",
  "problem.closed_early": "对方在问候之前关闭了连接：是否为 TLS 端口？",
  "problem.closed_saying": "对方关闭了连接（{said}）",
  "problem.closed_here": "由本系统关闭",
  "problem.not_manager": "其问候为 {said}，不是 Asterisk 管理接口",
  "problem.refused":
    "Asterisk 管理接口 {at} 拒绝连接：Asterisk 是否正在运行？manager.conf 中是否设置了 enabled=yes？",
  "problem.unreachable": "无法访问 Asterisk 管理接口 {at}（{said}）",
  "problem.no_answer": "Asterisk 管理接口 {at} 没有响应（已尝试 {tried_s} 秒）",
  "problem.no_answer_tls":
    "Asterisk 管理接口 {at} 没有响应（已尝试 {tried_s} 秒）。若该端口不使用 TLS，请将 switch.tls 设为 false。",
  "problem.no_greeting":
    "Asterisk 管理接口 {at} 接受了连接但没有问候：是否为 TLS 端口，或其他服务？",
  "problem.no_tls":
    "Asterisk 管理接口 {at} 在此端口不使用 TLS：请将 switch.tls 设为 false，或使用其 TLS 端口。",
  "problem.not_trusted": "Asterisk 管理接口 {at} 出示的证书不受信任（{said}）",
  "problem.login_refused":
    "Asterisk 管理接口 {at} 拒绝了用户“{user}”：用户名或密码错误，或不允许从此处登录（{said}）",
  "problem.login_unsafe": "switch.username 或 switch.secret：{said}",
  "problem.no_permission":
    "Asterisk 管理接口 {at}：用户“{user}”在 manager.conf 中缺少 write={permissions}。",
  "problem.half_filter": "交换机只接受了一半事件过滤条件：{said}",
  "problem.state_unread": "无法读取交换机的状态：{said}",
  "problem.state_not_read_anew": "无法重新读取其状态：{said}",
  "problem.internal": "内部错误：{said}",
  "problem.plain": "{said}",
  "problem.no_file":
    "{path}：没有此文件。CEL 是否已启用、是否已有通话、文件夹是否为交换机所用？可运行 callcenter pbx check 检查。",
  "problem.no_folder": "{path}：没有此文件夹",
  "problem.no_right": "{path}：运行服务器的用户没有权限",
  "problem.no_room": "{path}：磁盘空间已用完",
  "problem.read_only": "{path}：磁盘为只读",
  "problem.not_removable": "{path}：取走的文件无法从中删除",
  "problem.said": "{path}：{said}",
  "problem.no_table": "数据库中没有数据表 {table}",
  "problem.no_columns":
    "数据表 {table} 缺少列 {columns}：请按 callcenter pbx config 生成的配置建表。",
  "problem.no_zone":
    "数据表 {table} 的 eventtime 列类型为 {kind}，不含时区：请改为 double precision。语句见 callcenter pbx config 生成的 cel_pgsql.conf。",
  "problem.rotated": "{path}：每次读取时都在轮转",
  "problem.no_line": "{path}：没有一行可以读取：{why}",
  "problem.begins_late": "记录自 {begins} 开始；{since} 以来的通话可能缺失。",
  "problem.line_columns": "有 {there} 列，应为 {expected} 列",
  "problem.line_order": "列的顺序无法识别：请使用 callcenter pbx config 生成的 cel_custom.conf",
  "problem.line_misfit": "事件、Uniqueid 和通道不在应有的位置",
  "problem.line_date": "“{text}”不是以秒计的 Unix 时间：请从 cel.conf 中去掉 dateformat",
  "problem.line_time": "“{text}”不像是有效的时间",
  "problem.line_json": "最后一列不是 JSON",
  "problem.line_json_object": "最后一列不是 JSON 对象",
  "problem.line_cut": "该行不完整，或引号未闭合",
  "problem.line_empty": "缺少事件、Uniqueid 或通道",
  "problem.line_fields": "有 {there} 个字段，至少应有 {expected} 个：该行不完整",
  "problem.line_event": "第五个字段不是事件",
  "problem.line_unpacked": "无法完整解压：{said}",
  "problem.line_clock": "时钟倒退了 {back_s} 秒",
  "problem.lines_more": "另有 {more} 行",
};
