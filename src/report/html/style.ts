/** The style sheet of the page. Its SHA-256 stands in the page's Content-Security-Policy. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fdfdfc;--raised:#f6f6f4;--text:#1b1e22;--soft:#5b636d;--line:#e1e3e6;--strong:#c3c8ce;--accent:#1f5aa8;
--good:#17673a;--good-bg:#e6f3ea;--warn:#7a4b00;--warn-bg:#fbf0d9;--bad:#a3261f;--bad-bg:#fbe6e4;--none:#555d66;--none-bg:#eceef0;
--s0:#1f6fb4;--s1:#c2540a;--s2:#2b7f4f;--s3:#9a3b8f;--s4:#6b6f12;--s5:#5a55c4}
@media (prefers-color-scheme:dark){:root{--bg:#121417;--raised:#1a1d21;--text:#e7e9ec;--soft:#9ea7b1;--line:#2a2e34;--strong:#434a53;--accent:#8db9f5;
--good:#86d3a1;--good-bg:#15301f;--warn:#edc06c;--warn-bg:#33260d;--bad:#f39a93;--bad-bg:#3a1917;--none:#aab2bb;--none-bg:#25292e;
--s0:#6fb1ea;--s1:#f0965a;--s2:#74c795;--s3:#d58bcb;--s4:#c3c765;--s5:#a6a2f2}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;padding:0 1.5rem 4rem;max-width:82rem;background:var(--bg);color:var(--text);font:400 1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
header{padding:3rem 0 1.5rem;border-bottom:1px solid var(--line)}
h1{margin:0 0 .5rem;font-size:1.9rem;line-height:1.2;font-weight:650;letter-spacing:-.015em}
h2{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3;font-weight:650;letter-spacing:-.01em}
h3{margin:2rem 0 .35rem;font-size:1.02rem;font-weight:650}
h4{margin:1.25rem 0 .25rem;font-size:.92rem;font-weight:600}
p{margin:.35rem 0 .75rem;max-width:46rem}
.soft,.note,figcaption,caption{color:var(--soft)}
.note,caption,figcaption{font-size:.875rem}
header p{color:var(--soft)}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:2px}
.skip{position:absolute;left:-100rem;top:0;padding:.6rem 1rem;background:var(--bg);z-index:3}
.skip:focus{left:.5rem;top:.5rem}
.columns{display:grid;grid-template-columns:12.5rem minmax(0,1fr);gap:3rem}
nav{position:sticky;top:0;align-self:start;padding:2rem 0;font-size:.9rem;max-height:100vh;overflow:auto}
nav ol{list-style:none;margin:0;padding:0}
nav li{margin:.1rem 0}
nav a{display:block;padding:.22rem 0;color:var(--soft);text-decoration:none}
nav a:hover{color:var(--text);text-decoration:underline}
main:focus{outline:none}
section{padding:1.6rem 0 1rem;border-bottom:1px solid var(--line)}
section:last-child{border-bottom:0}
.scroll{overflow-x:auto;margin:.75rem 0 1rem;max-width:100%;container-type:scroll-state;background:linear-gradient(to left,var(--bg) 40%,transparent) right/3rem 100% no-repeat local,linear-gradient(to left,color-mix(in srgb,var(--text) 24%,transparent),transparent) right/.9rem 100% no-repeat scroll}
.cue{display:none;color:var(--accent);font-weight:600;white-space:nowrap}
@container scroll-state(scrollable:right){.cue{display:inline}}
table{border-collapse:collapse;font-size:.9rem;line-height:1.4;min-width:100%}
caption{text-align:left;padding:0 0 .5rem;caption-side:top}
th,td{padding:.5rem .9rem .5rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-weight:600;font-size:.8rem;color:var(--soft);vertical-align:bottom;border-bottom:1px solid var(--strong)}
tbody th{font-weight:500}
th,td{overflow-wrap:break-word}
.name{min-width:7.5rem;max-width:15rem;overflow-wrap:anywhere}
.num{text-align:right;white-space:nowrap}
td.num,th.num{padding-left:.6rem;padding-right:1.1rem}
tbody th,thead th:first-child{position:sticky;left:0;background:var(--bg);z-index:1}
caption span{display:inline-block;position:sticky;left:0;max-width:min(46rem,calc(100vw - 2rem))}
td small,th small{display:block;font-size:.78rem;font-weight:400;color:var(--soft);line-height:1.35}
.value{font-weight:600;white-space:nowrap}
.interval{color:var(--soft);font-weight:400;white-space:nowrap;font-size:.92em}
.whisker{display:block;margin:.25rem 0 .1rem;overflow:visible}
.whisker .axis{stroke:var(--line)}
.whisker .floor{stroke:var(--soft);stroke-dasharray:2 2}
.whisker .reach{stroke:var(--accent);stroke-width:2}
.whisker .point{fill:var(--accent)}
.tag{display:inline-block;padding:.02rem .45rem;border-radius:.7rem;font-size:.76rem;font-weight:600;white-space:nowrap;line-height:1.5}
.good{color:var(--good);background:var(--good-bg)}.warn{color:var(--warn);background:var(--warn-bg)}.bad{color:var(--bad);background:var(--bad-bg)}.none{color:var(--none);background:var(--none-bg)}
code,pre{font:.84rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
pre{margin:.4rem 0 .8rem;padding:.65rem .8rem;background:var(--raised);border:1px solid var(--line);border-radius:.35rem;white-space:pre-wrap;overflow-wrap:anywhere}
details.part{margin:0;border:0;padding:0}
details.part>summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .9rem;list-style:none;padding:0;font-weight:400}
details.part>summary::-webkit-details-marker{display:none}
details.part>summary h2,details.part>summary h3{margin:0}
details.part>summary h2::before,details.part>summary h3::before{content:"▸";display:inline-block;width:1.1em;color:var(--soft);font-weight:400}
details.part[open]>summary>h2::before,details.part[open]>summary>h3::before{content:"▾"}
details.part details.part{border-top:1px solid var(--line);padding:.6rem 0}
.gist{color:var(--soft);font-size:.9rem}
.inside{scroll-margin-top:4.5rem}
h3 small{font-weight:400;color:var(--soft);font-size:.85rem}
details{margin:.5rem 0;border-top:1px solid var(--line);padding:.35rem 0 0}
summary{cursor:pointer;padding:.25rem 0;font-weight:550}
summary small{font-weight:400;color:var(--soft);font-size:.85rem}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1.5rem;margin:1rem 0}
figure{margin:0;min-width:0}
figure img{display:block;width:100%;height:auto;border-radius:.3rem}
figcaption{margin:0 0 .35rem}
figcaption b{color:var(--text);font-weight:600}
.axis-label{font-size:.78rem;color:var(--soft)}
p.axis-label{margin:.1rem 0 0;text-align:center}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;list-style:none;margin:.2rem 0 .3rem;padding:0;font-size:.82rem}
.legend li{display:flex;gap:.4rem;align-items:center}
.legend svg{flex:none}
.swatch{fill:none;stroke-width:2.2}
.k0{stroke:var(--s0)}.k1{stroke:var(--s1)}.k2{stroke:var(--s2)}.k3{stroke:var(--s3)}.k4{stroke:var(--s4)}.k5{stroke:var(--s5)}
.chart{display:block;width:100%;height:auto}
.chart .grid{stroke:var(--line)}
.chart text{fill:var(--soft);font-size:13px}
.chart .band{stroke:none;opacity:.11}
.chart .dot{stroke:none}
.band.k0,.dot.k0{fill:var(--s0)}.band.k1,.dot.k1{fill:var(--s1)}.band.k2,.dot.k2{fill:var(--s2)}.band.k3,.dot.k3{fill:var(--s3)}.band.k4,.dot.k4{fill:var(--s4)}.band.k5,.dot.k5{fill:var(--s5)}
.facts{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.15rem 1.25rem;margin:.4rem 0 1rem;font-size:.9rem}
.facts dt{color:var(--soft)}
.facts dd{margin:0}
ul.plain{list-style:none;margin:.5rem 0 1rem;padding:0}
ul.plain li{padding:.35rem 0 .35rem .9rem;border-left:3px solid var(--warn);margin:.4rem 0;font-size:.93rem}
.path{max-width:24rem;min-width:9rem;overflow-wrap:anywhere}
.conformance td{min-width:7.6rem}
.conformance .tag{margin-top:.15rem}
.conformance .printed{font-weight:600}
footer{padding:1.5rem 0;color:var(--soft);font-size:.85rem;border-top:1px solid var(--line)}
@media (max-width:60rem){.columns{display:block}nav{position:static;padding:1rem 0 0;max-height:none}nav ol{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem}body{padding:0 1rem 3rem}header{padding:1.75rem 0 1rem}h1{font-size:1.5rem}.name{min-width:6.5rem;max-width:9rem}.facts{grid-template-columns:minmax(0,1fr)}.facts dd{margin-bottom:.4rem}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{nav,.skip,.cue{display:none}.columns{display:block}.scroll{overflow:visible}details::details-content{content-visibility:visible;display:block;block-size:auto}}
`;
