"""红黄绿灯: what a site's light says and why, computed for a moment from rules that are data.

`registry` knows what can be looked at, `signals` looks, `grading` compares with the rules, `reading` puts it together,
`preview` shows what another rule would have said. Other apps add signals of their own: see docs/adr/0023.
"""
