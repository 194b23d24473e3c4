/** The sample browser's part of the style sheet. */
export const SAMPLES_STYLE = `
#samples-browser[hidden],.pair[hidden]{display:none}
.filters{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:flex-end;margin:1rem 0 .6rem}
.filters label{display:flex;flex-direction:column;gap:.2rem;font-size:.8rem;color:var(--soft);min-width:0}
.filters select,.filters input{height:2.35rem;font:inherit;font-size:.92rem;color:var(--text);background:var(--bg);border:1px solid var(--strong);border-radius:.35rem;padding:0 .5rem;max-width:min(17rem,100%);min-width:0}
.filters .search{flex:1 1 14rem}
.filters .search input{max-width:none;width:100%}
.pair{display:flex;flex-wrap:wrap;gap:.6rem 1rem;min-width:0}
kbd{font:.78rem ui-monospace,Menlo,Consolas,monospace;border:1px solid var(--line);border-radius:.2rem;padding:0 .25rem}
.panes{display:grid;grid-template-columns:minmax(0,19rem) minmax(0,1fr);border:1px solid var(--line);border-radius:.5rem;height:min(50rem,88vh);overflow:hidden}
#samples-list{position:relative;overflow-y:auto;overflow-x:hidden;border-right:1px solid var(--line);background:var(--raised)}
.rows{position:relative}
.item{position:absolute;left:0;right:0;height:62px;padding:.45rem .75rem;border-bottom:1px solid var(--line);cursor:pointer;overflow:hidden}
.item:hover{background:var(--bg)}
.item[aria-selected=true]{background:var(--bg);box-shadow:inset 4px 0 0 var(--accent)}
.item[aria-selected=true] .item-id{font-weight:650}
.item-head{display:flex;gap:.3rem;align-items:center}
.item-id{flex:1;min-width:0;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:.86rem}
.mark{flex:none;min-width:1.35rem;text-align:center;border-radius:.3rem;padding:0 .22rem;font-size:.76rem;font-weight:700;line-height:1.45}
.snippet{display:block;font-size:.79rem;line-height:1.4;color:var(--soft);white-space:nowrap;overflow:hidden;text-overflow:ellipsis;margin-top:.15rem}
.detail-pane{display:flex;flex-direction:column;min-width:0;min-height:0}
#samples-back{display:none}
#samples-detail{flex:1;min-height:0;overflow-y:auto;overflow-x:hidden;padding:1.1rem 1.4rem 2rem}
#samples-detail:focus-visible{outline-offset:-3px}
#samples-list:focus-visible{outline:none}
#samples-list:focus-visible .item[aria-selected=true]{outline:3px solid var(--accent);outline-offset:-3px}
#samples-detail h3{margin:0;font-size:1.08rem;outline:none}
#samples-detail h4{margin:1.5rem 0 .4rem}
#samples-detail h4 small{font-weight:400;color:var(--soft)}
.model-name{border-top:1px solid var(--line);padding-top:1rem}
.detail-head .note{margin:.15rem 0 .5rem}
.verdicts,.choices{list-style:none;margin:0;padding:0}
.verdicts li{margin:.2rem 0;font-size:.9rem}
.sample-text{font:.95rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;max-width:46rem;tab-size:4}
.scored{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:.2em}
.sample-text.code{font:.86rem/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.choice{display:grid;grid-template-columns:1.6rem minmax(0,1fr);gap:.1rem .4rem;padding:.5rem .6rem;border:1px solid var(--line);border-radius:.35rem;margin:.35rem 0;max-width:46rem}
.choice.gold{border-color:var(--good);border-width:2px;padding:calc(.5rem - 1px) calc(.6rem - 1px)}
.choice .letter{font-weight:650;color:var(--soft)}
.choice-text{white-space:pre-wrap;line-height:1.5;font-size:.95rem}
.choice-tags{grid-column:2;display:flex;flex-wrap:wrap;gap:.3rem}
.choice-tags:empty{display:none}
.tag bdi{white-space:normal}
.scores{min-width:0}
.scores thead th,.scores tbody th,.scores tfoot th{white-space:nowrap;padding-right:.9rem}
.scores th.num,.scores td.num{padding-right:1.1rem}
.scores tbody th,.scores thead th:first-child,.scores tfoot th{position:sticky;left:0;background:var(--bg)}
.scores .best{font-weight:650}
.scores tr.gold th{color:var(--good)}
.scores tfoot td,.scores tfoot th{border-bottom:0;color:var(--soft);font-weight:500}
.trace-legend .shade{display:inline-block;min-width:1.9rem;text-align:center;padding:0 .2rem;margin-right:.1rem;border-radius:.2rem}
.traces{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.25rem}
.trace-figure figcaption{color:var(--soft)}
.trace{min-width:0;font-size:.82rem;border-collapse:separate;border-spacing:2px}
.trace th{padding:.15rem .4rem;border:0;color:var(--soft);font-weight:500;font-size:.76rem;text-align:center}
.trace td{padding:.15rem .35rem;border:2px solid transparent;border-radius:.2rem;text-align:center;white-space:pre;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.trace td.revealed{border-color:var(--text);font-weight:700}
.trace td.proposed{font-style:italic;opacity:.82}
.trace td.kept{color:var(--soft)}
.trace td.masked,.trace tfoot td{color:var(--soft)}
.trace tfoot td{border-top:1px solid var(--line);border-radius:0}
.c0{background:color-mix(in srgb,var(--s0) 4%,var(--bg))}.c1{background:color-mix(in srgb,var(--s0) 13%,var(--bg))}.c2{background:color-mix(in srgb,var(--s0) 22%,var(--bg))}.c3{background:color-mix(in srgb,var(--s0) 31%,var(--bg))}.c4{background:color-mix(in srgb,var(--s0) 40%,var(--bg))}.c5{background:color-mix(in srgb,var(--s0) 50%,var(--bg))}
.player{border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem;margin:.4rem 0}
.player .note{margin:0 0 .4rem}
.stage{font:.95rem/1.75 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;white-space:pre-wrap;overflow-wrap:anywhere;max-height:22rem;overflow-y:auto}
.stage .around{color:var(--soft)}
.token{border-radius:.2rem}
.token.open{color:var(--strong);letter-spacing:-.05em;margin:0 .1em}
.token.revealed{font-weight:700;background:color-mix(in srgb,var(--s0) 28%,var(--bg))}
@media (prefers-reduced-motion:no-preference){.token{transition:background-color .35s}}
.controls{display:flex;flex-wrap:wrap;gap:.35rem;align-items:center;margin:.5rem 0 .2rem}
.controls button,.copy{font:inherit;font-size:.86rem;min-height:2.2rem;min-width:2.4rem;color:var(--text);background:var(--raised);border:1px solid var(--strong);border-radius:.35rem;padding:.1rem .6rem;cursor:pointer}
.controls .play{min-width:6rem}
.controls input{flex:1 1 9rem;min-width:7rem;accent-color:var(--accent)}
.said{display:block;font-size:.85rem;color:var(--soft)}
.copied{position:relative;max-width:46rem}
.copied .copy{position:absolute;right:.35rem;top:.35rem;opacity:0}
.copied:hover .copy,.copied .copy:focus-visible{opacity:1}
@media (hover:none){.copied .copy{opacity:1}.copied pre{padding-right:4.6rem}}
.copy{min-height:1.7rem;font-size:.78rem}
.jump{font:inherit;color:var(--accent);background:none;border:0;padding:0;text-decoration:underline;cursor:pointer}
.readout{font-size:.82rem;color:var(--soft);min-height:1.4em;margin:.2rem 0}
@media (max-width:60rem){.panes{display:block;height:auto;border:0;overflow:visible;border-radius:0}
#samples-list{height:70vh;border:1px solid var(--line);border-radius:.4rem}
.detail-pane{display:none}
.opened .detail-pane{display:block}.opened #samples-list{display:none}
#samples-back{display:inline-block;font:inherit;font-size:.9rem;color:var(--accent);background:none;border:1px solid var(--strong);border-radius:.35rem;padding:.35rem .7rem;margin:.2rem 0 .4rem;cursor:pointer}
#samples-detail{padding:.9rem .8rem 1rem;overflow:visible;border:1px solid var(--line);border-radius:.4rem}
.filters label{flex:1 1 100%}.filters select{max-width:none;width:100%}.pair{flex:1 1 100%}}
`;
