import pandas as pd, numpy as np, os, sys
import lightgbm as lgb
import warnings
warnings.filterwarnings('ignore')

tr=pd.read_csv('data/train.csv'); te=pd.read_csv('data/test.csv')
tr['date']=pd.to_datetime(tr['date']); te['date']=pd.to_datetime(te['date'])

def f(d):
  d=d.copy()
  d['dow']=d.date.dt.dayofweek; d['m']=d.date.dt.month; d['dd']=d.date.dt.day; d['doy']=d.date.dt.dayofyear
  d['y']=d.date.dt.year; d['we']=(d.dow>4)*1; d['w']=d.date.dt.isocalendar().week.astype(int)
  # us holidays
  d['h']=0
  d.loc[(d.m==1)&(d.dd==1),'h']=1
  d.loc[(d.m==7)&(d.dd==4),'h']=1
  d.loc[(d.m==12)&(d.dd==25),'h']=1
  d.loc[(d.m==11)&(d.dow==3)&(d.dd>=22)&(d.dd<=28),'h']=1
  d.loc[(d.m==11)&(d.dow==4)&(d.dd>=23)&(d.dd<=29),'h']=2
  d.loc[(d.m==5)&(d.dow==0)&(d.dd>=25),'h']=1
  d.loc[(d.m==9)&(d.dow==0)&(d.dd<=7),'h']=1
  return d

tr=f(tr); te=f(te)
#tr=tr[tr.y>2005]
cols=['dow','m','dd','doy','y','we','w','h','Bulls_Home','Blackhawks_Home']
lev=tr.set_index('date').ridership.rolling(365).mean()
tr['lev']=lev.values
tr=tr.dropna()
m=lgb.LGBMRegressor(n_estimators=350,learning_rate=0.05,num_leaves=31,verbose=-1,n_jobs=1,random_state=1)
m.fit(tr[cols],tr.ridership/tr.lev)
p=m.predict(te[cols])*tr.lev.iloc[-1]
#p=p*1.01
x=te[['day_id']].copy(); x['prediction']=p
o=os.environ.get('OUTPUT_DIR','.')
x.to_csv(o+'/predictions.csv',index=False)
print('done',len(x))
