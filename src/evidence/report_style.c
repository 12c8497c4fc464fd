/**
 * The look of the report: one column, quiet colours, nothing that needs colour to be understood,
 * the same on a screen and on paper (A4).
 */
#include "evidence/report_parts.h"

/* One string a topic: a C compiler need not take longer ones. */
#define STYLE_PAGE                                                                                 \
    "@page{size:A4;margin:18mm 16mm 20mm;"                                                         \
    "@bottom-right{content:counter(page) \" / \" counter(pages);font-size:8pt;color:#7b8794}"      \
    "@bottom-left{content:string(mark);font-size:8pt;color:#7b8794}}\n"                            \
    "*{box-sizing:border-box}html{background:#f5f4f0}\n"                                           \
    "body{margin:0 auto;max-width:60rem;padding:2.5rem 3rem;background:#fff;color:#1f2933;"        \
    "font:15px/1.65 \"Noto Sans CJK SC\",\"Noto Sans SC\",\"Source Han Sans SC\","                 \
    "\"PingFang SC\",\"Microsoft YaHei\",\"WenQuanYi Zen Hei\",sans-serif}\n"                      \
    "h1{font-size:1.7rem;line-height:1.3;margin:.2rem 0 .4rem}"                                    \
    "h2{font-size:1.15rem;margin:2.4rem 0 .8rem;padding-bottom:.35rem;"                            \
    "border-bottom:1px solid #d9d5c9;break-after:avoid}"                                           \
    "h3{font-size:1rem;margin:1.2rem 0 .3rem;break-after:avoid}p{margin:.45rem 0}"                 \
    "a{color:#2b6299;text-decoration:none}\n"

#define STYLE_PARTS                                                                                \
    ".k{color:#7b8794;font-size:.8rem;letter-spacing:.04em}.k b{color:#52606d;"                    \
    "string-set:mark content()}"                                                                   \
    ".lead{font-size:1.12rem;margin:.8rem 0 1rem}"                                                 \
    ".note{background:#faf7ee;border-left:3px solid #c9ae62;padding:.6rem .9rem;"                  \
    "margin:1rem 0;font-size:.92rem}"                                                              \
    ".q{color:#7b8794;font-size:.86rem}.n{text-align:right;white-space:nowrap}td.c{white-space:"   \
    "nowrap;width:3rem}\n"                                                                         \
    ".b{display:inline-block;border:1px solid;border-radius:1rem;padding:0 .65rem;"                \
    "font-size:.8rem;font-weight:600;white-space:nowrap}"                                          \
    ".u0,.l0{color:#52606d}.u1,.l1{color:#7a6216}.u2,.l2{color:#b4532a}"                           \
    ".u3,.l3{color:#fff;background:#a12d1f;border-color:#a12d1f}"                                  \
    ".r0{color:#52606d}.r1{color:#b4532a}.r2{color:#2b6299}.r3{color:#6a3d94}\n"                   \
    ".f{margin:1rem 0}.f div{display:inline-block;margin:0 2.4rem .4rem 0;vertical-align:top}"     \
    ".f b{display:block;font-size:1.25rem;line-height:1.3}.f span{color:#7b8794;"                  \
    "font-size:.82rem}\n"                                                                          \
    "figure{margin:1rem 0;text-align:center}figure svg{max-width:100%;height:auto;"                \
    "max-height:30rem}\n"

#define STYLE_TABLES                                                                               \
    "table{border-collapse:collapse;width:100%;font-size:.88rem;margin:.6rem 0}"                   \
    "th{text-align:left;color:#7b8794;font-weight:500;border-bottom:1px solid #d9d5c9;"            \
    "padding:.3rem .6rem .3rem 0;vertical-align:bottom}"                                           \
    "td{padding:.38rem .6rem .38rem 0;border-bottom:1px solid #efece4;vertical-align:top;"         \
    "overflow-wrap:anywhere}tr{break-inside:avoid}thead{display:table-header-group}"               \
    "td.h{font:11px/1.5 \"DejaVu Sans Mono\",monospace;color:#52606d}\n"                           \
    ".card{border:1px solid #e4e0d5;border-radius:8px;padding:.8rem 1.1rem;margin:.8rem 0}"        \
    ".card h3{margin:0 0 .3rem}.who{break-inside:avoid}"                                           \
    "table.kv{margin:.2rem 0}.kv td,.kv th{border:0;padding:.1rem .6rem .1rem 0}"                  \
    ".kv th{width:8.5rem;vertical-align:top}\n"                                                    \
    ".bar{display:inline-block;height:.62rem;border-radius:2px;background:#c9ae62;"                \
    "vertical-align:baseline}.bar.m{background:#9db4a0}\n"

#define STYLE_MESSAGES                                                                             \
    ".msg{padding:.8rem 1.1rem;margin:1rem 0 .4rem;border:1px solid #e4e0d5;"                      \
    "border-left:4px solid #c9ae62;border-radius:6px}.msg.x3{border-left-color:#a12d1f}"           \
    ".msg.x2{border-left-color:#b4532a}.mh{font-size:.85rem;color:#52606d;break-after:avoid}"      \
    ".mh b{color:#1f2933}.mh>*{margin-right:.9rem}.mh .b{float:right;margin:0}\n"                  \
    ".t{white-space:pre-wrap;overflow-wrap:anywhere;overflow:hidden;unicode-bidi:isolate;"         \
    "direction:ltr;font-size:1.05rem;line-height:1.9;margin:.5rem 0;padding:.5rem .8rem;"          \
    "background:#fbfaf7;border-radius:4px}"                                                        \
    "mark{background:#f8e7b8;color:inherit;padding:.08em 0;border-radius:2px}"                     \
    "mark.d{background:#f6d3c3;border-bottom:2px solid #b4532a}"                                   \
    "mark.i{background:#e3efe4}"                                                                   \
    ".u{font:700 .62em \"DejaVu Sans Mono\",monospace;color:#fff;background:#7b8794;"              \
    "border-radius:3px;padding:.1em .3em;margin:0 .1em;vertical-align:middle}\n"                   \
    ".nb{color:#7b8794;font-size:.86rem;margin:.15rem 0 .15rem 1.2rem;"                            \
    "overflow-wrap:anywhere;overflow:hidden}\n"                                                    \
    "table.s{margin:.4rem 0}.s td{border:0;padding:.1rem .8rem .1rem 0}"                           \
    ".s .g{width:8rem}.s .e td{border-top:1px solid #d9d5c9;font-weight:600;padding-top:.2rem}\n"  \
    ".hid{font-size:.88rem;margin:.3rem 0;padding:0 0 0 1.1rem}.hid li{margin:.12rem 0}\n"         \
    "footer{margin-top:3rem;color:#7b8794;font-size:.8rem;border-top:1px solid #d9d5c9;"           \
    "padding-top:.6rem}"                                                                           \
    "@media print{html{background:none}body{max-width:none;padding:0;font-size:9.4pt}figure "      \
    "svg{max-height:11cm}"                                                                         \
    ".case{break-before:page}.case:first-of-type{break-before:auto}}\n"

void report_put_style(struct buf *out)
{
    buf_put_text(out, STYLE_PAGE);
    buf_put_text(out, STYLE_PARTS);
    buf_put_text(out, STYLE_TABLES);
    buf_put_text(out, STYLE_MESSAGES);
}
