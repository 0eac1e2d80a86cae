// Writes packs/hangzhou/calendar.csv from the npm package chinese-days, and checks every year against the law.
//
//   npm install --no-save chinese-days@1.5.7
//   node tools/pack/calendar.mjs 2015 2026 > packs/hangzhou/calendar.csv
//
// The check does not use the package's own counts: in every year the make-up days must balance, so that the working days
// are all days less Saturdays and Sundays less the public holidays of the law (全国年节及纪念日放假办法: 11 days from
// 2008, 13 from 2025) and less what was granted once. A wrong or missing day makes the run fail.
import { createRequire } from 'node:module'
import path from 'node:path'

const load = createRequire(path.resolve('package.json'))
const [first, last] = process.argv.slice(2).map(Number)
const folder = path.dirname(load.resolve('chinese-days/package.json'))

const names = {
	"New Year's Day": ['元旦', "New Year's Day"],
	'Spring Festival': ['春节', 'Spring Festival'],
	'Tomb-sweeping Day': ['清明节', 'Qingming Festival'],
	'Labour Day': ['劳动节', 'Labour Day'],
	'Dragon Boat Festival': ['端午节', 'Dragon Boat Festival'],
	'Mid-autumn Festival': ['中秋节', 'Mid-Autumn Festival'],
	'National Day': ['国庆节', 'National Day'],
	'Anti-Fascist 70th Day': ['抗战胜利70周年纪念日', 'Victory Day (70th anniversary)'],
}
// In these years the notice arranges the two as one holiday.
const joined = new Set([2017, 2020, 2023, 2025])
const both = ['国庆节、中秋节', 'National Day and Mid-Autumn Festival']
// Days that were granted once: 3 September 2015; Spring Festival 2020 lengthened to 2 February (国办发明电〔2020〕1号),
// which took away the working Friday 31 January and the make-up Saturday 1 February.
const granted = { 2015: 1, 2020: 2 }

function nameOf(year, text) {
	const key = text.split(',')[0]
	if (!names[key]) throw new Error(`unknown holiday: ${text}`)
	return joined.has(year) && /National|Mid-autumn/.test(key) ? both : names[key]
}

function rowsOf(year) {
	const data = load(path.join(folder, 'dist', 'years', `${year}.json`))
	const rows = new Map()
	const put = (list, working) => {
		for (const [date, text] of Object.entries(list)) {
			if (rows.has(date)) throw new Error(`${date} is both`)
			if (!date.startsWith(`${year}-`)) throw new Error(`${date} stands under ${year}`)
			rows.set(date, [date, working, ...nameOf(year, text)])
		}
	}
	put(data.holidays, 0)
	put(data.workdays, 1)
	return rows
}

function check(year, rows) {
	let working = 0, ordinary = 0
	for (let t = Date.UTC(year, 0, 1); t < Date.UTC(year + 1, 0, 1); t += 86400000) {
		const day = new Date(t), weekend = day.getUTCDay() % 6 === 0
		const row = rows.get(day.toISOString().slice(0, 10))
		if (row && row[1] && !weekend) throw new Error(`${row[0]} is made up for on a weekday`)
		working += row ? row[1] : !weekend
		ordinary += !weekend
	}
	const law = ordinary - (year >= 2025 ? 13 : 11) - (granted[year] ?? 0)
	if (working !== law) throw new Error(`${year} has ${working} working days, the law gives ${law}`)
	process.stderr.write(`${year}: ${working} working days, ${rows.size} rows\n`)
}

const out = ['date,working,zh,en']
for (let year = first; year <= last; year++) {
	const rows = rowsOf(year)
	check(year, rows)
	for (const row of [...rows.values()].sort((a, b) => (a[0] < b[0] ? -1 : 1))) out.push(row.join(','))
}
process.stdout.write(out.join('\n') + '\n')
