import { html, type Markup } from "lambda-sessions";

/** Styles of the page, light and dark. Text and controls have the contrast that WCAG 2.2 AA requires. */
export const css: Markup = html`:root{color-scheme:light dark;
--page:light-dark(#f6f5f2,#16181d);--card:light-dark(#fff,#1f2229);--text:light-dark(#1d2026,#e8e6e1);
--quiet:light-dark(#5b606b,#a6acb8);--line:light-dark(#dcd9d2,#353a45);--accent:light-dark(#1a56b0,#8ab4ff);
--on-accent:light-dark(#fff,#10131a);--payload:var(--accent);--timestamp:light-dark(#8a4b00,#f0b35a);
--signature:light-dark(#0f6b4a,#63d2a4);--token:light-dark(#7a2a8c,#dd9bee);--sealed:light-dark(#5d4a00,#d9c36a);
--alert:light-dark(#a3231f,#ff9b94)}
*{box-sizing:border-box}html{scroll-padding-block:1.25rem}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:break-word}
#status.old{opacity:0;height:0}
main,footer,body>#status{max-width:74rem;margin:0 auto;padding:0 1.25rem}
main{display:grid;gap:1.25rem;padding-block:1rem 1.5rem}
header{margin-top:1rem;min-width:0}
h1{overflow-wrap:anywhere;font-size:2.25rem;line-height:1.15;margin:0;letter-spacing:-.02em}
header>p{color:var(--quiet);font-size:1.1rem;margin:.4rem 0 0}
h2{font-size:1.2rem;margin:0 0 .75rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem;min-width:0}
section>:last-child{margin-bottom:0}
p{margin:.5rem 0}
a{color:var(--accent)}
.quiet{color:var(--quiet);font-size:.9rem}
.row{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1rem;margin:.75rem 0}
.fields{display:grid;grid-template-columns:1fr auto;gap:.75rem;margin-top:1rem;
.wide{grid-column:1/-1;margin:0}button{justify-self:start}label{display:grid;gap:.2rem;align-content:start}
:is(input,select,textarea){width:100%}}
input,select,textarea,button{font:inherit;color:inherit;border-radius:.45rem;border:1px solid var(--quiet);background:var(--card);
padding:.45rem .7rem;min-height:2.6rem;max-width:100%}
textarea{resize:vertical}
button{cursor:pointer;white-space:nowrap;border-color:var(--accent);color:var(--accent);font-weight:600;
&:hover:not(:disabled){background:var(--accent);color:var(--on-accent)}
&:disabled{cursor:default;opacity:.55}}
#count,#sign-in,#entry-save{background:var(--accent);color:var(--on-accent);&:hover{filter:brightness(1.12)}}
:is(a,button,input,select,textarea,h1):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.row>span{min-width:0;overflow-wrap:anywhere}
:is(.flash,.value,.decoded,tbody th,strong){unicode-bidi:isolate}
main[aria-busy=true] button{opacity:.55;cursor:progress}
mark{background:var(--alert);color:var(--card)}
.flash{overflow-wrap:anywhere;background:var(--page);border:1px solid var(--line);border-left:.35rem solid var(--accent);border-radius:.5rem;padding:.7rem 1rem;margin:.75rem 0 0;
&.error{border-left-color:var(--alert)}}h2+#status .flash{margin:0 0 .75rem}
table{border-collapse:collapse;width:100%;font-size:.95rem}
caption{text-align:left;color:var(--quiet);font-size:.9rem;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.45rem .75rem .45rem 0;border-top:1px solid var(--line);font-weight:400}
thead :is(th,td){border-top:0;color:var(--quiet);font-size:.85rem}
tbody th{font-weight:600;min-width:5.5rem;overflow-wrap:anywhere}td:last-child,th:last-child{padding-right:0}
.number{text-align:right;font-variant-numeric:tabular-nums}
.value{white-space:pre-wrap;overflow-wrap:anywhere;width:100%;ul{margin:0;padding-left:1.1rem;white-space:normal}}
.type{display:block;font-weight:400;color:var(--quiet);font-size:.85rem}
td form{text-align:right}.bar{width:55%;svg{display:block;margin-top:.5rem}rect{fill:var(--accent)}}
td button{min-height:2rem;padding:.15rem .6rem;font-weight:400}
code,.cookie{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9em}
.cookie{background:var(--page);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;word-break:break-all}
.payload{color:var(--payload)}.timestamp{color:var(--timestamp)}.signature{color:var(--signature)}.token{color:var(--token)}:is(.sealed,.user){color:var(--sealed)}
.parts{display:grid;grid-template-columns:minmax(0,1fr);gap:.9rem;margin:1rem 0}
dt{font-weight:700}dt .quiet{font-weight:400}dd{margin:0}
.decoded{display:block;overflow-wrap:anywhere;margin-top:.35rem;white-space:pre-wrap}
.refused{border:1px solid var(--alert);border-left-width:.35rem;border-radius:.5rem;padding:.7rem 1rem;strong{color:var(--alert)}}
.meter span{display:block}meter{width:100%;height:1rem}meter::-webkit-meter-optimum-value{background:var(--accent)}meter::-moz-meter-bar{background:var(--accent)}
.cost,.preview{display:grid;gap:.6rem;margin:0}
.devices{list-style:none;margin:1rem 0;padding:0;
li{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:center;justify-content:space-between;padding:.7rem 0;border-top:1px solid var(--line)}
div{flex:1 1 10rem}p{margin:0}}
.badge{white-space:nowrap;background:var(--accent);color:var(--on-accent);border-radius:1rem;padding:.1rem .6rem;font-size:.8rem}
footer{padding-bottom:2rem;color:var(--quiet);font-size:.9rem}
@media (prefers-reduced-motion:no-preference){#status.old{interpolate-size:allow-keywords;overflow:clip;transition:height .4s,opacity .4s}}
@media (max-width:24rem){section{padding:1rem}th,td{padding-right:.4rem}}
@media (min-width:62rem){main{grid-template-columns:5fr 6fr;grid-template-rows:auto auto auto auto 1fr;align-items:start}
header{grid-column:1/-1}section{grid-column:1}section:is([aria-labelledby=cookie],[aria-labelledby=preview]){grid-column:2;grid-row:2/6}}`;
